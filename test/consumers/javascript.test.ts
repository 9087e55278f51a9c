import { stripTypeScriptTypes } from "node:module";
import { beforeAll, expect, inject, test } from "vitest";
import { Project } from "./project.ts";
import { readCode, quickstart } from "./readme-code.ts";

const project = new Project("javascript", inject("folder"));
const environment = { PARTNER_URL: inject("sandboxUrl"), PARTNER_TOKEN: "sandbox" };

beforeAll(async () => {
  await project.install(inject("tarballs"));
  const code = stripTypeScriptTypes(quickstart);
  project.write("quickstart.mjs", code);
  const required = code
    .replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);")
    .replace("export {};", "");
  project.write("quickstart.cjs", `(async () => {\n${required}\n})();\n`);
  project.write("sandbox.mjs", readCode("packages/sandbox/README.md"));
});

test("a JavaScript module runs the quickstart and buys", async () => {
  expect(await project.run("node", ["quickstart.mjs"], environment)).toMatch(/^deliver [\w-]+\n$/);
});

test("a CommonJS script requires the client, runs the quickstart and buys", async () => {
  expect(await project.run("node", ["quickstart.cjs"], environment)).toMatch(/^deliver [\w-]+\n$/);
});

test("a JavaScript module starts its own sandbox, as the README shows", async () => {
  expect(await project.run("node", ["sandbox.mjs"])).toBe("unknown\nsucceeded\n1\n");
});

const commands = ["codegames-sandbox", "codegames-retry-queue", "@codegames/sandbox", "@codegames/retry-queue"];
test.each(commands)("npx %s --help explains the command", async (command) => {
  const help = new RegExp(`^${command.replace("@codegames/", "codegames-")}: .*Exit codes: 0`, "s");
  expect(await project.run("npx", ["--no", "--", command, "--help"])).toMatch(help);
});
