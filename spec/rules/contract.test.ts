import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle, lint, loadConfig } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { isNode } from "./located.ts";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const ref = pathOf("../openapi.yaml");
const overlay = pathOf("../overlays/ru.yaml");
const loadOwnConfig = () => loadConfig({ configPath: pathOf("../redocly.yaml") });

test("the contract and its Russian overlay lint clean", async () => {
  const config = await loadOwnConfig();
  expect(Object.keys(config.rules.oas3_1)).toEqual(
    expect.arrayContaining(["codegames/status-outcome", "codegames/russian"]),
  );
  expect(await lint({ ref, config })).toEqual([]);
  expect(await lint({ ref: overlay, config })).toEqual([]);
});

test("every summary and description of the bundled contract is Russian under the overlay", async () => {
  const { bundle: bundled, problems } = await bundle({ ref, config: await loadOwnConfig(), overlays: [overlay] });
  expect(problems).toEqual([]);
  const texts = [...textsOf(bundled.parsed)];
  expect(texts.length).toBeGreaterThan(90);
  expect(texts.filter((text) => !/\p{Script=Cyrillic}/u.test(text))).toEqual([]);
});

test("every file of the contract is a part of it", async () => {
  const { bundle: bundled, fileDependencies } = await bundle({ ref, config: await loadOwnConfig() });
  expect(bundled.parsed).toBeDefined();
  const files = ["paths", "schemas", "examples", "responses"].flatMap((folder) =>
    readdirSync(pathOf(`../${folder}`)).map((file) => pathOf(`../${folder}/${file}`)),
  );
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((file) => !fileDependencies.has(file))).toEqual([]);
});

test("redocly score rates the contract at 90 of 100 or better for agents", async () => {
  const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js");
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const command = [redocly, "score", ref, "--format", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: pathOf(".."), env });
  expect(JSON.parse(stdout).agentReadiness).toBeGreaterThanOrEqual(90);
}, 30_000);

function* textsOf(node: unknown): Generator<string> {
  const entries = Array.isArray(node) ? node.entries() : isNode(node) ? Object.entries(node) : [];
  for (const [key, child] of entries) {
    if (typeof child !== "string") yield* textsOf(child);
    else if (key === "summary" || key === "description") yield child;
  }
}
