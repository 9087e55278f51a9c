import { readFileSync } from "node:fs";
import { join } from "node:path";
import getPort from "get-port";
import { expect, inject, test } from "vitest";
import { Project } from "./project.ts";
import { codeOf, quickstart, readReadme } from "./readme.ts";

const token = "of-the-test";

test.each(["Express", "Fastify", "Hono"])("%s carries the README's provider, and the quickstart buys from it and from the sandbox", async (framework) => {
  const project = new Project(framework.toLowerCase(), inject("folder"));
  await project.install(inject("tarballs"));
  project.write("quickstart.ts", quickstart);
  project.write("handler.ts", handlerOf(codeOf("README.md", 1)));
  expect(readFileSync(join(project.folder, "provider.ts"), "utf8")).toContain(lineOf(framework));
  await project.run("node", ["node_modules/typescript/bin/tsc"]);

  const port = await getPort();
  await project.serve(port, "node", ["provider.js"], { PORT: String(port), PARTNER_TOKEN: token }, async () => {
    const environment = { PARTNER_URL: `http://127.0.0.1:${port}/api`, PARTNER_TOKEN: token };
    expect(await project.run("node", ["quickstart.js"], environment)).toBe("deliver FJQR-RGPM-BXLD\n");
  });
  expect(await project.run("node", ["quickstart.js"], { PARTNER_URL: inject("sandboxUrl"), PARTNER_TOKEN: "sandbox" })).toMatch(/^deliver [\w-]+\n$/);
});

/** The README's provider below /api, without the server that carries it there. */
function handlerOf(code: string): string {
  const lines = code.split("\n").filter((line) => !line.includes("createServer")).join("\n");
  return `${lines.replace(", toNodeListener", "").replace("{ auth:", '{ basePath: "/api", auth:')}export { handler };\n`;
}

/** What the README of the server tells to write with a framework. */
function lineOf(framework: string): string {
  const [, line] = new RegExp(`^\\| ${framework}\\b[^|]*\\| \`(.*?)\``, "m").exec(readReadme("packages/server/README.md")) ?? [];
  if (line === undefined) throw new Error(`The README of the server has no line for ${framework}`);
  return line;
}
