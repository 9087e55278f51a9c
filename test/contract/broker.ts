import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { consumer, pactFile, provider } from "./pact-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command has to say, and whether it is good. */
export interface Verdict {
  isGood: boolean;
  text: string;
}

/** Publishes the committed pact (`POST /contracts/publish` of the broker). Rejects when the broker cannot be reached. */
export async function publish(env: Environment): Promise<Verdict> {
  const { url, headers } = brokerOf(env);
  const branch = env["PACT_BRANCH"] || git("branch", "--show-current");
  const response = await fetch(new URL("contracts/publish", url), {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({
      pacticipantName: consumer,
      pacticipantVersionNumber: versionOf(env),
      ...(branch && { branch }),
      contracts: [{
        consumerName: consumer, providerName: provider, specification: "pact", contentType: "application/json",
        content: readFileSync(pactFile).toString("base64"),
      }],
    }),
  });
  const said = await readJson<{ notices?: { text: string }[] }>(response);
  const notices = (said?.notices ?? []).map(({ text }) => text);
  const isGood = response.ok && said !== undefined;
  const verdict = isGood ? `${consumer} ${versionOf(env)} is published to ${url.host}` : `the broker at ${url.host} did not take the pact: HTTP ${response.status}`;
  return { isGood, text: [verdict, ...notices].join("\n") };
}

/** Asks whether every version with which this one meets in an environment has verified the pact (`GET /can-i-deploy`). Rejects like `publish`. */
export async function canIDeploy(env: Environment): Promise<Verdict> {
  const { url, headers } = brokerOf(env);
  const question = { pacticipant: env["PACT_PACTICIPANT"] || consumer, version: versionOf(env), environment: env["PACT_ENVIRONMENT"] || "production" };
  const response = await fetch(new URL(`can-i-deploy?${new URLSearchParams(question)}`, url), { headers });
  const said = await readJson<{ summary?: { deployable?: boolean | null; reason?: string } }>(response);
  // null: not verified yet, which is not a yes.
  const isGood = response.ok && said?.summary?.deployable === true;
  const { pacticipant, version, environment } = question;
  const reason = said?.summary?.reason ?? `HTTP ${response.status} without a reason`;
  return { isGood, text: `${pacticipant} ${version} can${isGood ? "" : "not"} be deployed to ${environment}: ${reason}` };
}

/** Throws a `TypeError` that names the variable. */
function brokerOf(env: Environment): { url: URL; headers: Record<string, string> } {
  const base = env["PACT_BROKER_BASE_URL"] ?? "";
  if (!URL.canParse(base)) throw new TypeError(`PACT_BROKER_BASE_URL must be a URL, is ${JSON.stringify(base)}`);
  const { PACT_BROKER_TOKEN: token, PACT_BROKER_USERNAME: user, PACT_BROKER_PASSWORD: password = "" } = env;
  const authorization = token ? `Bearer ${token}` : user ? `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` : undefined;
  // With a slash at its end: a broker can be below a path.
  return { url: new URL(base.replace(/\/*$/, "/")), headers: { accept: "application/hal+json, application/json", ...(authorization && { authorization }) } };
}

const versionOf = (env: Environment) => env["PACT_VERSION"] || git("rev-parse", "HEAD");

const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).trim();

async function readJson<T>(response: Response): Promise<T | undefined> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
