import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { consumer, pactFile, provider } from "./pact-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The outcome of a command, and its text. */
export interface Verdict {
  isGood: boolean;
  text: string;
}

/**
 * Publishes the committed pact with `POST /contracts/publish`.
 *
 * @throws {TypeError} When PACT_BROKER_BASE_URL is not a URL, or the broker cannot be reached
 */
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
      contracts: [
        {
          consumerName: consumer,
          providerName: provider,
          specification: "pact",
          contentType: "application/json",
          content: readFileSync(pactFile).toString("base64"),
        },
      ],
    }),
  });
  const answer = await readJson<{ notices?: { text: string }[] }>(response);
  const notices = (answer?.notices ?? []).map(({ text }) => text);
  const isGood = response.ok && answer !== undefined;
  const verdict = isGood
    ? `${consumer} ${versionOf(env)} is published to ${url.host}`
    : `the broker at ${url.host} refused the pact: HTTP ${response.status}`;
  return { isGood, text: [verdict, ...notices].join("\n") };
}

/**
 * Asks with `GET /can-i-deploy` whether this version has a verified pact with every version deployed in an environment.
 *
 * @throws {TypeError} When PACT_BROKER_BASE_URL is not a URL, or the broker cannot be reached
 */
export async function canIDeploy(env: Environment): Promise<Verdict> {
  const { url, headers } = brokerOf(env);
  const question = {
    pacticipant: env["PACT_PACTICIPANT"] || consumer,
    version: versionOf(env),
    environment: env["PACT_ENVIRONMENT"] || "production",
  };
  const response = await fetch(new URL(`can-i-deploy?${new URLSearchParams(question)}`, url), { headers });
  const answer = await readJson<{ summary?: { deployable?: boolean | null; reason?: string } }>(response);
  // `null` means not verified yet, so it counts as no.
  const isGood = response.ok && answer?.summary?.deployable === true;
  const { pacticipant, version, environment } = question;
  const reason = answer?.summary?.reason ?? `HTTP ${response.status} without a reason`;
  return {
    isGood,
    text: `${pacticipant} ${version} can${isGood ? "" : "not"} be deployed to ${environment}: ${reason}`,
  };
}

/** Reads the variables of the broker. Throws a `TypeError` that names the wrong one. */
function brokerOf(env: Environment): { url: URL; headers: Record<string, string> } {
  const base = env["PACT_BROKER_BASE_URL"] ?? "";
  if (!URL.canParse(base)) throw new TypeError(`PACT_BROKER_BASE_URL must be a URL, is ${JSON.stringify(base)}`);
  const { PACT_BROKER_TOKEN: token, PACT_BROKER_USERNAME: user, PACT_BROKER_PASSWORD: password = "" } = env;
  const basic = user && `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const authorization = token ? `Bearer ${token}` : basic;
  const headers = { accept: "application/hal+json, application/json", ...(authorization && { authorization }) };
  // Ends with a slash, so that relative URLs keep the path of a broker below one.
  return { url: new URL(base.replace(/\/*$/, "/")), headers };
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
