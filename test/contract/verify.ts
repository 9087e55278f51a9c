import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { VerifierOptions } from "@pact-foundation/pact-core";
import { provider as providerName } from "./pact-file.ts";
import { type ProviderOptions, startProvider } from "./provider.ts";

/** The results of a verification, by the descriptions of the interactions. */
export interface Report {
  verified: string[];
  /** The mismatches of each answer that differs from the pact. */
  failed: Record<string, string[]>;
  stateErrors: string[];
}

/** Starts a provider and verifies a pact against it. */
export async function verify(pactFile: string, options: ProviderOptions): Promise<Report> {
  const provider = await startProvider(options);
  try {
    const results = await runVerifier({
      provider: providerName,
      providerBaseUrl: provider.url,
      providerStatesSetupUrl: provider.statesUrl,
      providerStatesSetupTeardown: true,
      pactUrls: [pactFile],
      // Following a redirect of a pay would be a second pay.
      followRedirects: false,
      logLevel: "error",
    });
    return { ...readResults(results), stateErrors: provider.stateErrors };
  } finally {
    await provider.close();
  }
}

/**
 * The reasons why a verification is not complete; empty when exactly the expected interactions were verified. Pact
 * itself accepts a pact that lost some or all of its interactions.
 */
export function findFaults({ verified, failed, stateErrors }: Report, expected: readonly string[]): string[] {
  const seen = [...verified, ...Object.keys(failed)];
  return [
    ...stateErrors,
    ...Object.entries(failed).map(([description, mismatches]) => `${description}: ${mismatches.join("; ")}`),
    ...expected.filter((each) => !seen.includes(each)).map((each) => `${each}: not in the pact`),
    ...seen.filter((each) => !expected.includes(each)).map((each) => `${each}: not expected`),
    ...seen.filter((each, index) => seen.indexOf(each) !== index).map((each) => `${each}: twice`),
  ];
}

interface Mismatch {
  mismatch: string;
  path?: string;
}

interface InteractionResult {
  description: string;
  result: string;
  mismatch?: { type: string; message?: string; mismatches?: Mismatch[] };
}

function readResults(text: string): Pick<Report, "verified" | "failed"> {
  let results: InteractionResult[];
  try {
    results = JSON.parse(text).interactionResults;
  } catch {
    throw new Error(`Cannot run the verifier: ${text}`);
  }
  const isVerified = ({ result }: InteractionResult) => result === "OK";
  return {
    verified: results.filter(isVerified).map(({ description }) => description),
    failed: Object.fromEntries(
      results.filter((each) => !isVerified(each)).map((each) => [each.description, mismatchesOf(each)]),
    ),
  };
}

const mismatchesOf = ({ mismatch }: InteractionResult): string[] =>
  mismatch?.mismatches?.map((each) => [each.path, each.mismatch].filter(Boolean).join(" ")) ?? [
    mismatch?.message ?? "no reason given",
  ];

/** Rejects when the verifier ends without a result. */
async function runVerifier(options: VerifierOptions): Promise<string> {
  // With PACT_ variables the verifier would add the pacts of a broker, or skip interactions.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PACT_")));
  const child = fork(fileURLToPath(new URL("verifier-process.ts", import.meta.url)), {
    env: { ...env, PACT_DO_NOT_TRACK: "true" },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  child.send(options);
  const failed = ended.then(([code]) => [new Error(`The verifier ended with exit code ${code} and no result`)]);
  const [result] = (await Promise.race([once(child, "message"), failed])) as [string | Error];
  await ended;
  if (result instanceof Error) throw result;
  return result;
}
