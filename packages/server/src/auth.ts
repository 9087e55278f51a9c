import { createHash, timingSafeEqual } from "node:crypto";
import { type HandlerRequest, headerOf } from "./http.ts";

/** Finds the merchant that sent a request; undefined when credentials are missing or wrong. */
export interface Authenticate {
  (request: HandlerRequest): string | undefined | Promise<string | undefined>;
  /**
   * The `WWW-Authenticate` header of a 401 (RFC 9110, 11.6.1).
   *
   * @default Custom realm="api"
   */
  readonly challenge?: string;
}

/** How merchants authenticate. There is no default: `"none"` must be explicit. */
export type Auth = Authenticate | "none";

/** The merchant of each credential. A merchant may have several, while it replaces them. */
type Merchants = Readonly<Record<string, string>>;

/**
 * Authenticates by bearer tokens (RFC 6750).
 *
 * @example
 * ```ts
 * import { bearer } from "@codegames/server";
 *
 * const auth = bearer({ "a-long-random-token": "shop-1", "the-next-token-of-shop-1": "shop-1" });
 * console.log(auth.challenge); // Bearer realm="api"
 * ```
 *
 * @throws A `TypeError` when an entry cannot be used. The message shows no token.
 */
export function bearer(merchantByToken: Merchants): Authenticate {
  const isToken = (credential: string) => /^[\x21-\x7e]+$/.test(credential);
  const merchantOf = lookUp("bearer", merchantByToken, "a token of visible ASCII characters", isToken);
  return withChallenge('Bearer realm="api"', (request) => merchantOf(schemeValue(request, "bearer")));
}

/**
 * Authenticates by HTTP Basic in UTF-8 (RFC 7617): `basic({ [user + ":" + password]: "shop-1" })`.
 *
 * @throws A `TypeError` when an entry cannot be used. The message shows no password.
 */
export function basic(merchantByUserAndPassword: Merchants): Authenticate {
  const hasColon = (credential: string) => credential.includes(":");
  const merchantOf = lookUp("basic", merchantByUserAndPassword, "user:password", hasColon);
  return withChallenge('Basic realm="api", charset="UTF-8"', (request) => {
    const base64 = schemeValue(request, "basic");
    return merchantOf(base64 === undefined ? undefined : Buffer.from(base64, "base64"));
  });
}

/**
 * Authenticates by secret keys in a header: `apiKey({ [key]: "shop-1" })`.
 *
 * @throws A `TypeError` when an entry cannot be used. The message shows no key.
 */
export function apiKey(merchantByKey: Merchants, header = "X-API-Key"): Authenticate {
  const merchantOf = lookUp("apiKey", merchantByKey, "a key");
  return withChallenge(`ApiKey realm="api", header="${header}"`, (request) =>
    merchantOf(headerOf(request, header.toLowerCase())),
  );
}

/**
 * Looks credentials up in constant time. Both sides are hashed, so their length does not show. Every entry is compared, so
 * the place of the right one does not show.
 */
function lookUp(
  builder: string,
  merchants: Merchants,
  what: string,
  isUsable = (credential: string) => credential !== "",
): (credential: string | Uint8Array | undefined) => string | undefined {
  const action = `Cannot use ${builder}`;
  if (typeof merchants !== "object" || merchants === null) {
    throw new TypeError(`${action}: must be an object of ${what} to merchant, is a ${typeof merchants}`);
  }
  const entries = Object.entries(merchants).map(([credential, merchant]) => {
    if (!isUsable(credential) || isMissing(credential) || typeof merchant !== "string" || merchant === "") {
      const allowed = `${what} and the id of a merchant, neither empty nor undefined`;
      throw new TypeError(`${action}: every entry must be ${allowed}`);
    }
    return { hash: sha256(credential), merchant };
  });
  if (entries.length === 0) throw new TypeError(`${action}: must have at least one entry, has none`);
  return (credential) => {
    if (credential === undefined) return undefined;
    const hash = sha256(credential);
    let found: string | undefined;
    for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) found = entry.merchant;
    return found;
  };
}

/** An unset environment variable becomes the key `undefined`, which would let everybody in. */
const isMissing = (credential: string) => /^(undefined|null)(:|$)|:(undefined|null)$/.test(credential);

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

/** Reads the value after a scheme in `Authorization`. Schemes ignore case (RFC 9110, 11.1). */
function schemeValue(request: HandlerRequest, scheme: string): string | undefined {
  const [, found, value] = /^(\S+) +(\S+)$/.exec(headerOf(request, "authorization") ?? "") ?? [];
  return found?.toLowerCase() === scheme ? value : undefined;
}

function withChallenge(challenge: string, authenticate: (request: HandlerRequest) => string | undefined): Authenticate {
  return Object.assign(authenticate, { challenge });
}
