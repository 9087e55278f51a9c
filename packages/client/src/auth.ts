/** What is about to be sent, for credentials that depend on it. */
export interface AuthRequest {
  /** In capitals. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** The JSON text of the body, byte for byte as UTF-8; undefined when there is none. */
  readonly body: string | undefined;
  /** Ends with the call. */
  readonly signal: AbortSignal;
}

/**
 * Gives the headers that authenticate a request, such as `{ Authorization: "…" }`; they replace headers of that name.
 *
 * When it throws, nothing is sent: the result is `not-sent` with the reason `no-credentials`, and the error is not shown
 * to anybody.
 */
export type AuthFunction = (
  request: AuthRequest,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** How a client authenticates itself. There is no default: `"none"` must be said. */
export type Auth = AuthFunction | "none";

/** A bearer token (RFC 6750). Throws a `TypeError` when a header cannot carry it. */
export function bearer(token: string): AuthFunction {
  return always("Authorization", `Bearer ${visible("bearer(token)", token)}`);
}

/** HTTP Basic in UTF-8 (RFC 7617). Throws a `TypeError` when the user has a colon, or either a control character. */
export function basic(user: string, password: string): AuthFunction {
  if (!isText(user) || user.includes(":")) throw refused("basic(user)", "text without colons and control characters");
  if (!isText(password)) throw refused("basic(password)", "text without control characters");
  return always("Authorization", `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}`);
}

/** A secret key in a header. Throws a `TypeError` when the header cannot be named so or cannot carry the key. */
export function apiKey(key: string, header = "X-API-Key"): AuthFunction {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) throw refused("apiKey(header)", "the name of an HTTP header");
  return always(header, visible("apiKey(key)", key));
}

/** In a closure, so that printing the options does not print the credentials. */
function always(name: string, value: string): AuthFunction {
  return () => ({ [name]: value });
}

/** Text of visible ASCII characters. Throws a `TypeError` that says what is allowed, and not what it is. */
export function visible(what: string, secret: string): string {
  if (typeof secret === "string" && /^[\x21-\x7e]+$/.test(secret)) return secret;
  throw refused(what, "visible ASCII characters without spaces");
}

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

const isText = (value: unknown) => typeof value === "string" && !/[\0-\x1f\x7f]/.test(value);

/** Says what is allowed and never what was given: it may be the credential. */
export const refused = (what: string, allowed: string) => new TypeError(`Cannot use ${what}: must be ${allowed}`);
