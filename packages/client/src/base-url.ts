/**
 * Checks a base URL and strips its trailing slashes.
 *
 * `http:` is for loopback hosts unless the caller allows it explicitly (interpretation E2). Hazard: over `http:`,
 * everybody on the network path can read credentials and product keys, and answer in the provider's name.
 *
 * @throws A `TypeError` that never quotes credentials.
 */
export function readBaseUrl(baseUrl: unknown, allowInsecureHttp: boolean, isPlatformFetch: boolean): string {
  const url = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw refused(`must be an absolute http(s) URL${url ? `, is ${url.protocol}` : ""}`);
  }
  if (url.username || url.password) throw refused("must not hold credentials: use the option auth");
  if (url.href.includes("?") || url.href.includes("#")) throw refused("must have no query and no fragment");
  if (url.protocol === "http:" && !allowInsecureHttp && !isLoopback(url.hostname)) {
    throw refused(`must be https, is ${url.origin}; http is for loopback hosts, or with allowInsecureHttp: true`);
  }
  if (isPlatformFetch && blockedPorts.has(url.port)) {
    const way = "use another port, or the option fetch with undiciFetch of @codegames/client/undici";
    throw refused(`must not have port ${url.port}, to which the platform's fetch never connects: ${way}`);
  }
  return url.href.replace(/\/+$/, "");
}

/**
 * `URL` has already normalised every spelling of an address. A name below `localhost` does not count: many resolvers
 * ask DNS for it, and whoever answers would get the credentials.
 */
const isLoopback = (hostname: string) =>
  hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname) || hostname === "localhost";

/** The blocked ports of the Fetch Standard (2.9, port blocking) that a URL can name. */
const blockedPorts = new Set(
  (
    "1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 " +
    "135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 " +
    "995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080"
  ).split(" "),
);

const refused = (reason: string) => new TypeError(`Cannot create the client: option baseUrl ${reason}`);
