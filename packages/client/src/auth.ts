/** The request just before it is sent, for credentials that depend on it. */
export interface AuthRequest {
  /** In capitals. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** The JSON text of the body, byte for byte as UTF-8; undefined when there is none. */
  readonly body: string | undefined;
  /** Aborts with the call. */
  readonly signal: AbortSignal;
}

/**
 * Returns the headers that authenticate a request, such as `{ Authorization: "…" }`. They replace headers of the same
 * name.
 *
 * When it throws, nothing is sent: the result is `not-sent` with the reason `no-credentials`. The error is shown to
 * nobody.
 */
export type AuthFunction = (
  request: AuthRequest,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How a client authenticates itself. There is no default: `"none"` must be explicit. */
export type Auth = AuthFunction | "none";

/**
 * Authenticates with a bearer token (RFC 6750).
 *
 * @example
 *   ```ts
 *   import { bearer, createClient } from "@codegames/client";
 *
 *   const hub = createClient({ baseUrl: process.env.PARTNER_URL!, auth: bearer(process.env.PARTNER_TOKEN!) });
 *   const check = await hub.check({ product_id: 1n });
 *   console.log(check.outcome === "succeeded" ? check.body.product.price : check.outcome); // 50000
 *   ```
 *
 * @throws A `TypeError` when a header cannot carry the token.
 */
export function bearer(token: string): AuthFunction {
  return always("Authorization", `Bearer ${visible("bearer(token)", token)}`);
}

/**
 * Authenticates with HTTP Basic in UTF-8 (RFC 7617).
 *
 * @throws A `TypeError` when the user holds a colon, or user or password a control character.
 */
export function basic(user: string, password: string): AuthFunction {
  if (!isText(user) || user.includes(":")) throw unusable("basic(user)", "text without colons and control characters");
  if (!isText(password)) throw unusable("basic(password)", "text without control characters");
  return always("Authorization", `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}`);
}

/**
 * Authenticates with a secret key in a header.
 *
 * @throws A `TypeError` when the name is no header name, or a header cannot carry the key.
 */
export function apiKey(key: string, header = "X-API-Key"): AuthFunction {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) throw unusable("apiKey(header)", "the name of an HTTP header");
  return always(header, visible("apiKey(key)", key));
}

/** A closure, so that printing the options does not print the credentials. */
function always(name: string, value: string): AuthFunction {
  return () => ({ [name]: value });
}

/**
 * Checks that a text has only visible ASCII characters.
 *
 * @throws A `TypeError` that does not quote the text.
 */
export function visible(what: string, secret: string): string {
  if (typeof secret === "string" && /^[\x21-\x7e]+$/.test(secret)) return secret;
  throw unusable(what, "visible ASCII characters without spaces");
}

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

// oxlint-disable-next-line no-control-regex -- RFC 7617 forbids control characters
const isText = (value: unknown) => typeof value === "string" && !/[\0-\x1f\x7f]/.test(value);

/** Says what is allowed, and never quotes the value: it may be the credential. */
export const unusable = (what: string, allowed: string) => new TypeError(`Cannot use ${what}: must be ${allowed}`);
