import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { VerifierOptions } from "@pact-foundation/pact-core";
import { provider as providerName } from "./pact-file.ts";
import { type ProviderOptions, startProvider } from "./provider.ts";

/** What came of a verification, by the descriptions of the interactions. */
export interface Report {
  verified: string[];
  /** What is wrong with each answer that is not as the pact says. */
  failed: Record<string, string[]>;
  stateErrors: string[];
}

/** Verifies a pact against a provider that is started for it. */
export async function verify(pactFile: string, options: ProviderOptions): Promise<Report> {
  const provider = await startProvider(options);
  try {
    const results = await runVerifier({
      provider: providerName,
      providerBaseUrl: provider.url,
      providerStatesSetupUrl: provider.statesUrl,
      providerStatesSetupTeardown: true,
      pactUrls: [pactFile],
      // A redirected pay is a second pay.
      followRedirects: false,
      logLevel: "error",
    });
    return { ...readResults(results), stateErrors: provider.stateErrors };
  } finally {
    await provider.close();
  }
}

/**
 * What keeps a verification from being complete: nothing, when every expected interaction was verified, and only those.
 * Pact itself is content with a pact that lost interactions, or has none.
 */
export function faultsOf({ verified, failed, stateErrors }: Report, expected: readonly string[]): string[] {
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
    throw new Error(`The verifier did not run: ${text}`);
  }
  const isVerified = ({ result }: InteractionResult) => result === "OK";
  const why = ({ mismatch }: InteractionResult) =>
    mismatch?.mismatches?.map((each) => [each.path, each.mismatch].filter(Boolean).join(" ")) ?? [mismatch?.message ?? "no reason given"];
  return {
    verified: results.filter(isVerified).map(({ description }) => description),
    failed: Object.fromEntries(results.filter((each) => !isVerified(each)).map((each) => [each.description, why(each)])),
  };
}

/** Rejects when the verifier ends without a word. */
async function runVerifier(options: VerifierOptions): Promise<string> {
  // The verifier would take more pacts from a broker of the environment, and leave interactions out for PACT_DESCRIPTION.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PACT_")));
  const child = fork(fileURLToPath(new URL("verifier-process.ts", import.meta.url)), {
    env: { ...env, PACT_DO_NOT_TRACK: "true" },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  child.send(options);
  const [result] = await Promise.race([once(child, "message"), ended.then(([code]) => [new Error(`The verifier ended with exit code ${code}`)])]);
  await ended;
  if (result instanceof Error) throw result;
  return result as string;
}
