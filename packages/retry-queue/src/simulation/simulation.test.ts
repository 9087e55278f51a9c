import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const seeds = Number(process.env["SIMULATION_SEEDS"] ?? 10_000);

/** Runs seeds in their own process. */
async function run(seed: number, count: number): Promise<{ code: number | null; output: string }> {
  const args = ["--no-warnings", main, String(seed), "--count", String(count)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

test(`${seeds} seeded runs with crashes, broken networks and a failing database keep every promise`, async () => {
  const half = Math.ceil(seeds / 2);
  const runs = await Promise.all([run(1, half), run(1 + half, half)]);
  for (const { output } of runs) console.log(`simulation: ${output.trim().split("\n").slice(-12).join("\n")}`);
  for (const { code, output } of runs) {
    expect(code, output).toBe(0);
    expect(output).toMatch(/ 0 broken/);
    expect(output).toMatch(/\([1-9]\d* within a shared settlement\)/);
  }
}, 1_500_000);
