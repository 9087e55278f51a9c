import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The workflows of the contract. */
export const descriptionFile = fileURLToPath(new URL("../../spec/purchase.arazzo.yaml", import.meta.url));

const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js");

/** A step that ran, with its last answer and its failed checks. */
export interface RunStep {
  workflow: string;
  step: string;
  httpStatus: number;
  status: unknown;
  /** Names of the checks that failed. */
  failed: string[];
}

export interface Run {
  exitCode: number;
  steps: RunStep[];
  requests: number;
}

interface Report {
  files: Record<
    string,
    {
      totalRequests: number;
      executedWorkflows: { workflowId: string; executedSteps: ReportedStep[] }[];
    }
  >;
}

interface ReportedStep {
  stepId: string;
  response?: { statusCode: number; body: { status?: unknown } | string };
  checks: { name: string; passed: boolean }[];
}

/**
 * Runs workflows of a description against a provider with `redocly respect`. Reads its JSON report, because its console
 * output says "passed" even when no step ran. Rejects when there is no report.
 */
export async function runRespect(
  baseUrl: string,
  inputs: object,
  { file = descriptionFile, workflow }: { file?: string; workflow?: string } = {},
): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "codegames-respect-"));
  try {
    const output = join(folder, "report.json");
    const args = [
      "respect",
      file,
      "--server",
      `hub=${baseUrl}`,
      "--input",
      JSON.stringify(inputs),
      "--json-output",
      output,
      ...(workflow ? ["--workflow", workflow] : []),
    ];
    const { exitCode, printed } = await runRedocly(args);
    const text = await readFile(output, "utf8").catch(() =>
      Promise.reject(new Error(`redocly respect wrote no report:\n${printed}`)),
    );
    const reports = Object.values((JSON.parse(text) as Report).files);
    const steps = reports.flatMap(({ executedWorkflows }) =>
      executedWorkflows.flatMap(({ workflowId, executedSteps }) =>
        executedSteps.map((step) => runStep(workflowId, step)),
      ),
    );
    return { exitCode, steps, requests: reports.reduce((sum, { totalRequests }) => sum + totalRequests, 0) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runStep(workflow: string, { stepId, response, checks }: ReportedStep): RunStep {
  return {
    workflow,
    step: stepId,
    httpStatus: response?.statusCode ?? 0,
    status: typeof response?.body === "object" ? response.body?.status : undefined,
    failed: checks.filter(({ passed }) => !passed).map(({ name }) => name),
  };
}

/** Runs `use` on a changed copy of the description that refers to the original contract. */
export async function withCopy<T>(change: (text: string) => string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "codegames-arazzo-"));
  try {
    const file = join(folder, "purchase.arazzo.yaml");
    const contract = fileURLToPath(new URL("../../spec/openapi.yaml", import.meta.url));
    await writeFile(
      file,
      change(await readFile(descriptionFile, "utf8")).replace("url: openapi.yaml", `url: ${JSON.stringify(contract)}`),
    );
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runRedocly(args: string[]): Promise<{ exitCode: number; printed: string }> {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [redocly, ...args],
      { env, maxBuffer: 2 ** 26, timeout: 60_000 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ exitCode, printed: stdout + stderr });
      },
    );
  });
}
