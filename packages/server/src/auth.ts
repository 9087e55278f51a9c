import { createHash, timingSafeEqual } from "node:crypto";
import type { Refuse } from "./auth-refusal.ts";
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

/** Credentials and their merchants. A merchant can have several credentials, for the time in which it changes them. */
type Merchants = Readonly<Record<string, string>>;

/**
 * Authenticates with bearer tokens (RFC 6750): `bearer({ [token]: "shop-1" })`. Tokens are compared in constant time.
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
 * @throws A `TypeError` when there is no entry, or an entry has no merchant or no token of visible ASCII characters.
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
 * Authenticates with HTTP Basic in UTF-8 (RFC 7617): `basic({ [user + ":" + password]: "shop-1" })`. Credentials are
 * compared in constant time.
 *
 * @throws A `TypeError` when there is no entry, or an entry has no merchant or no colon.
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
 * Authenticates with a secret key in a header: `apiKey({ [key]: "shop-1" })`. Keys are compared in constant time.
 *
 * @throws A `TypeError` when there is no entry, or an entry has no merchant or no key.
 */
export function apiKey(merchantByKey: Merchants, header = "X-API-Key"): Authenticate {
  const merchantOf = lookUp("apiKey", merchantByKey, "a key", `one header ${header}`);
  return withChallenge(`ApiKey realm="api", header="${header}"`, (request, refuse) =>
    merchantOf(headerOf(request, header.toLowerCase()), refuse),
  );
}

/**
 * Compares credentials in constant time: it hashes both sides, so that their length does not matter, and compares every
 * entry, so that the position does not. No error shows a credential.
 */
function lookUp(
  builder: string,
  merchants: Merchants,
  what: string,
  where: string,
  isUsable = (credential: string) => credential !== "",
): (credential: string | Uint8Array | undefined, refuse?: Refuse) => string | undefined {
  if (typeof merchants !== "object" || merchants === null) {
    throw new TypeError(
      `Cannot use ${builder}: must be an object from ${what} to a merchant, is a ${typeof merchants}`,
    );
  }
  const entries = Object.entries(merchants).map(([credential, merchant]) => {
    if (!isUsable(credential) || isUnset(credential) || typeof merchant !== "string" || merchant === "") {
      throw new TypeError(
        `Cannot use ${builder}: every entry must be ${what} and the id of a merchant, neither empty nor undefined`,
      );
    }
    return { hash: sha256(credential), merchant };
  });
  if (entries.length === 0) throw new TypeError(`Cannot use ${builder}: must have at least one entry, has none`);
  return (credential, refuse) => {
    if (credential === undefined) {
      refuse?.({ reason: "no-credentials", detail: `the request must carry ${where}` });
      return undefined;
    }
    const hash = sha256(credential);
    let found: string | undefined;
    for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) found = entry.merchant;
    if (found === undefined) refuse?.({ reason: "wrong-credentials", detail: `no merchant has the value of ${where}` });
    return found;
  };
}

const inAuthorization = (scheme: string) => `one header Authorization with the scheme ${scheme}`;

/** An unset environment variable becomes the key `undefined`, and would let everybody in who sends that word. */
const isUnset = (credential: string) => /^(undefined|null)(:|$)|:(undefined|null)$/.test(credential);

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

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
