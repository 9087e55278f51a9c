import {
  bearer,
  type CheckResult,
  type Client,
  createClient,
  type PayResult,
  type StatusResult,
} from "@codegames/client";

/** A client behind Prism, and the violation that Prism reports for each call; undefined for a call without one. */
export interface ProxiedClient {
  client: Client;
  violations: (string | undefined)[];
}

/** A type of Prism's own problems, or that of an exception inside Prism. */
const prismProblem = /"type":"(https:\/\/stoplight\.io\/prism[^"]*|\w*Error)"/;

/**
 * Creates a client that calls through Prism. A violation is the header `sl-violations` of an answer, or an answer that
 * Prism sends instead of the provider's.
 */
export function createProxiedClient(baseUrl: string, token = "sandbox"): ProxiedClient {
  const violations: ProxiedClient["violations"] = [];
  const client = createClient({
    baseUrl,
    auth: bearer(token),
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      const text = await response.clone().text();
      violations.push(response.headers.get("sl-violations") ?? (prismProblem.test(text) ? text : undefined));
      return response;
    },
  });
  return { client, violations };
}

/** A result in two words: its outcome, and its status, HTTP code or reason. */
export function describeResult(result: CheckResult | PayResult | StatusResult): string {
  const detail =
    ("status" in result && result.status) ||
    ("httpStatus" in result && result.httpStatus) ||
    ("reason" in result && result.reason);
  return `${result.outcome} ${detail}`;
}
