import { createHash, timingSafeEqual } from "node:crypto";
import { type HandlerRequest, headerOf } from "./http.ts";

/** Finds the merchant that sent a request; undefined when the credentials are missing or wrong. */
export interface Authenticate {
  (request: HandlerRequest): string | undefined | Promise<string | undefined>;
  /** The `WWW-Authenticate` header of a 401 (RFC 9110, 11.6.1). Default `Custom realm="api"`. */
  readonly challenge?: string;
}

/** How merchants are told apart. There is no default: `"none"` must be said. */
export type Auth = Authenticate | "none";

/** Credentials to merchant ids. Several credentials can belong to one merchant, while it changes them. */
type Merchants = Readonly<Record<string, string>>;

/** Bearer tokens (RFC 6750): `bearer({ [token]: "shop-1" })`. */
export function bearer(merchantByToken: Merchants): Authenticate {
  const isToken = (credential: string) => /^[\x21-\x7e]+$/.test(credential);
  const merchantOf = lookUp("bearer", merchantByToken, "a token of visible ASCII characters", isToken);
  return withChallenge('Bearer realm="api"', (request) => merchantOf(schemeValue(request, "bearer")));
}

/** HTTP Basic in UTF-8 (RFC 7617): `basic({ [user + ":" + password]: "shop-1" })`. */
export function basic(merchantByUserAndPassword: Merchants): Authenticate {
  const hasColon = (credential: string) => credential.includes(":");
  const merchantOf = lookUp("basic", merchantByUserAndPassword, "user:password", hasColon);
  return withChallenge('Basic realm="api", charset="UTF-8"', (request) => {
    const base64 = schemeValue(request, "basic");
    return merchantOf(base64 === undefined ? undefined : Buffer.from(base64, "base64"));
  });
}

/** Secret keys in a header: `apiKey({ [key]: "shop-1" })`. */
export function apiKey(merchantByKey: Merchants, header = "X-API-Key"): Authenticate {
  const merchantOf = lookUp("apiKey", merchantByKey, "a key");
  return withChallenge(`ApiKey realm="api", header="${header}"`, (request) =>
    merchantOf(headerOf(request, header.toLowerCase())),
  );
}

/**
 * Looks credentials up in constant time: both sides are hashed, so that their length does not matter, and all entries
 * are compared, so that the place does not. Throws a `TypeError` when an entry is not usable; it shows no credential.
 */
function lookUp(
  builder: string,
  merchants: Merchants,
  what: string,
  isUsable = (credential: string) => credential !== "",
): (credential: string | Uint8Array | undefined) => string | undefined {
  if (typeof merchants !== "object" || merchants === null) throw new TypeError(`Cannot use ${builder}: must be an object of ${what} to merchant, is a ${typeof merchants}`);
  const entries = Object.entries(merchants).map(([credential, merchant]) => {
    if (!isUsable(credential) || isMissing(credential) || typeof merchant !== "string" || merchant === "") {
      throw new TypeError(`Cannot use ${builder}: every entry must be ${what} and the id of a merchant, neither empty nor undefined`);
    }
    return { hash: sha256(credential), merchant };
  });
  if (entries.length === 0) throw new TypeError(`Cannot use ${builder}: must have at least one entry, has none`);
  return (credential) => {
    if (credential === undefined) return undefined;
    const hash = sha256(credential);
    let found: string | undefined;
    for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) found = entry.merchant;
    return found;
  };
}

/** What an environment variable that is not set becomes as a key of an object, and would let everybody in. */
const isMissing = (credential: string) => /^(undefined|null)(:|$)|:(undefined|null)$/.test(credential);

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

/** What follows a scheme in `Authorization`; schemes are compared without regard to case (RFC 9110, 11.1). */
function schemeValue(request: HandlerRequest, scheme: string): string | undefined {
  const [, found, value] = /^(\S+) +(\S+)$/.exec(headerOf(request, "authorization") ?? "") ?? [];
  return found?.toLowerCase() === scheme ? value : undefined;
}

function withChallenge(challenge: string, authenticate: (request: HandlerRequest) => string | undefined): Authenticate {
  return Object.assign(authenticate, { challenge });
}
