import type { Refuse } from "./auth-refusal.ts";
import { entriesOf, isUnset, readHash, sha256 } from "./credentials.ts";
import { type HandlerRequest, headerOf } from "./http.ts";

/**
 * Finds the merchant that sent a request; undefined when the credentials are missing or wrong, which becomes HTTP 401.
 * May throw a `ProblemError` to refuse the call otherwise.
 *
 * `refuse` takes the reason of a 401 for `onRefused`; the last one counts. A function of yours that calls `hmac(…)` and
 * the like hands it on.
 */
export interface Authenticate {
  (request: HandlerRequest, refuse?: Refuse): string | undefined | Promise<string | undefined>;
  /**
   * The `WWW-Authenticate` header of a 401 (RFC 9110, 11.6.1).
   *
   * @default Custom realm="api"
   */
  readonly challenge?: string;
  /**
   * Whether it looks at the body. With `false`, as in `bearer`, `basic` and `apiKey`, credentials are checked before
   * the body is read, and `request.body` is empty.
   *
   * @default true
   */
  readonly readsBody?: boolean;
}

/** How the handler finds the merchant of a call. There is no default: `"none"` must be explicit. */
export type Auth = Authenticate | "none";

/**
 * Credentials and their merchants. A merchant can have several credentials, for the time in which it changes them. A
 * credential is written in clear, or as `sha256:` and the 64 hexadecimal digits of its SHA-256.
 */
type Merchants = Readonly<Record<string, string>>;

/**
 * Authenticates with bearer tokens (RFC 6750): `bearer({ [token]: "shop-1" })`. A wrong token costs the same time
 * whatever is wrong with it, and however many tokens there are.
 *
 * A token can be given as its SHA-256, so that who reads the configuration cannot use it:
 * `bearer({ "sha256:9f86…": "shop-1" })`, with the digits that `printf %s "$TOKEN" | sha256sum` prints. Make tokens of
 * 16 random bytes or more: a word that a person chose can be found from its hash. A token that itself begins with
 * `sha256:` is given as its hash too.
 *
 * @example
 *   ```ts
 *   import { createServer } from "node:http";
 *   import { bearer, createHandler, toNodeListener } from "@codegames/server";
 *
 *   const auth = bearer({ [process.env.PARTNER_TOKEN!]: "wallet", "token-of-the-bank": "bank" });
 *   const handler = createHandler(
 *     {
 *       check: () => ({ status: "PRODUCT_NOT_FOUND" }),
 *       pay: (_, { merchant }) => ({ status: "PRODUCT_NOT_FOUND", comment: `Nothing for ${merchant}` }),
 *       status: () => ({ status: "TXN_NOT_FOUND" }),
 *     },
 *     { auth },
 *   );
 *   createServer(toNodeListener(handler)).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 *   ```
 *
 * @throws A `TypeError` when there is no entry, or an entry has no merchant, or no token of visible ASCII characters
 *   and no well-formed hash, or when two merchants have the same token. An array, a `Map` and every other object that
 *   is not a plain one is refused.
 */
export function bearer(merchantByToken: Merchants): Authenticate {
  const isToken = (credential: string) => /^[\x21-\x7e]+$/.test(credential);
  const merchantOf = lookUp(
    "bearer",
    merchantByToken,
    "a token of visible ASCII characters",
    inAuthorization("Bearer"),
    isToken,
  );
  return withChallenge('Bearer realm="api"', (request, refuse) => merchantOf(schemeValue(request, "bearer"), refuse));
}

/**
 * Authenticates with HTTP Basic in UTF-8 (RFC 7617): `basic({ [user + ":" + password]: "shop-1" })`. As for
 * `bearer`, user and password can be given as one hash: `printf %s "$USER:$PASSWORD" | sha256sum`.
 *
 * @throws A `TypeError` as `bearer` does, and when an entry has neither a colon nor a hash.
 */
export function basic(merchantByUserAndPassword: Merchants): Authenticate {
  const hasColon = (credential: string) => credential.includes(":");
  const merchantOf = lookUp("basic", merchantByUserAndPassword, "user:password", inAuthorization("Basic"), hasColon);
  return withChallenge('Basic realm="api", charset="UTF-8"', (request, refuse) => {
    const base64 = schemeValue(request, "basic");
    return merchantOf(base64 === undefined ? undefined : Buffer.from(base64, "base64"), refuse);
  });
}

/**
 * Authenticates with a secret key in a header: `apiKey({ [key]: "shop-1" })`. As for `bearer`, a key can
 * be given as its hash.
 *
 * @throws A `TypeError` as `bearer` does, and when an entry has neither a key nor a hash.
 */
export function apiKey(merchantByKey: Merchants, header = "X-API-Key"): Authenticate {
  const merchantOf = lookUp("apiKey", merchantByKey, "a key", `one header ${header}`);
  return withChallenge(`ApiKey realm="api", header="${header}"`, (request, refuse) =>
    merchantOf(headerOf(request, header.toLowerCase()), refuse),
  );
}

/**
 * Finds the merchant of a credential by its SHA-256, in one hash for any number of merchants. The time of that look-up
 * depends on the hashes only, and leads to no token: to approach a known hash bit by bit, one would have to find texts
 * whose SHA-256 begins like it, and who knew the whole hash would still need a text that has it. No error shows a
 * credential.
 */
function lookUp(
  builder: string,
  merchants: Merchants,
  what: string,
  where: string,
  isUsable = (_credential: string) => true,
): (credential: string | Uint8Array | undefined, refuse?: Refuse) => string | undefined {
  const merchantByHash = new Map<string, string>();
  for (const [credential, merchant] of entriesOf(builder, `${what} to a merchant`, merchants)) {
    const given = readHash(builder, credential);
    const isWrong = given === undefined && (!isUsable(credential) || isUnset(credential));
    if (isWrong || typeof merchant !== "string" || merchant === "") {
      throw new TypeError(
        `Cannot use ${builder}: every entry must be ${what} and the id of a merchant, neither empty nor undefined`,
      );
    }
    const hash = given ?? sha256(credential);
    if ((merchantByHash.get(hash) ?? merchant) !== merchant) {
      throw new TypeError(`Cannot use ${builder}: two merchants have the same credential, in clear and as a hash`);
    }
    merchantByHash.set(hash, merchant);
  }
  return (credential, refuse) => {
    if (!credential?.length) {
      refuse?.({ reason: "no-credentials", detail: `the request must carry ${where}` });
      return undefined;
    }
    const found = merchantByHash.get(sha256(credential));
    if (found === undefined) refuse?.({ reason: "wrong-credentials", detail: `no merchant has the value of ${where}` });
    return found;
  };
}

const inAuthorization = (scheme: string) => `one header Authorization with the scheme ${scheme}`;

/** The value behind a scheme in `Authorization`. The case of a scheme does not matter (RFC 9110, 11.1). */
function schemeValue(request: HandlerRequest, scheme: string): string | undefined {
  const [, found, value] = /^(\S+) +(\S+)$/.exec(headerOf(request, "authorization") ?? "") ?? [];
  return found?.toLowerCase() === scheme ? value : undefined;
}

function withChallenge(
  challenge: string,
  authenticate: (request: HandlerRequest, refuse?: Refuse) => string | undefined,
): Authenticate {
  return Object.assign(authenticate, { challenge, readsBody: false });
}
