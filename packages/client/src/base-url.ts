/**
 * Checks a base URL and strips its trailing slashes.
 *
 * `http:` is for loopback hosts unless the caller allows it explicitly (interpretation E2). Hazard: over `http:`,
 * everybody on the network path can read credentials and product keys, and answer in the provider's name.
 *
 * @throws A `TypeError` that never quotes credentials.
 */
export function readBaseUrl(baseUrl: unknown, allowInsecureHttp: boolean): string {
  const url = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw refused(`must be an absolute http(s) URL${url ? `, is ${url.protocol}` : ""}`);
  }
  if (url.username || url.password) throw refused("must not hold credentials: use the option auth");
  if (url.href.includes("?") || url.href.includes("#")) throw refused("must have no query and no fragment");
  if (url.protocol === "http:" && !allowInsecureHttp && !isLoopback(url.hostname)) {
    throw refused(`must be https, is ${url.origin}; http is for loopback hosts, or with allowInsecureHttp: true`);
  }
  return url.href.replace(/\/+$/, "");
}

/** `URL` has already normalised every spelling of an address. */
const isLoopback = (hostname: string) =>
  hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname) || /^(.+\.)?localhost$/.test(hostname);

const refused = (reason: string) => new TypeError(`Cannot create the client: option baseUrl ${reason}`);
