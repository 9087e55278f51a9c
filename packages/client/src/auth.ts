/**
 * Gives the headers that authenticate a request, such as `{ Authorization: "…" }`; they replace headers of that name.
 *
 * It gets a copy of the request, whose body it may read, and whose `signal` ends with the call. When it throws, nothing
 * is sent: the result is `not-sent` with the reason `no-credentials`, and the error is not shown to anybody.
 */
export type AuthFunction = (
  request: Request,
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
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return always("Authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
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

function visible(what: string, secret: string): string {
  if (typeof secret === "string" && /^[\x21-\x7e]+$/.test(secret)) return secret;
  throw refused(what, "visible ASCII characters without spaces");
}

const isText = (value: unknown) => typeof value === "string" && !/[\0-\x1f\x7f]/.test(value);

/** Says what is allowed and never what was given: it may be the credential. */
const refused = (what: string, allowed: string) => new TypeError(`Cannot use ${what}: must be ${allowed}`);
