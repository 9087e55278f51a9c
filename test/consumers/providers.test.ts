import { readFileSync } from "node:fs";
import { join } from "node:path";
import getPort from "get-port";
import { expect, inject, test } from "vitest";
import { Project } from "./project.ts";
import { readCode, quickstart, readReadme } from "./readme-code.ts";

const token = "token-of-this-test";

test.each(["Express", "Fastify", "Hono"])(
  "%s serves the README's provider, and the quickstart buys from it",
  async (framework) => {
    const project = new Project(framework.toLowerCase(), inject("folder"));
    await project.install(inject("tarballs"));
    project.write("quickstart.ts", quickstart);
    project.write("handler.ts", toHandlerModule(readCode("README.md", 1)));
    expect(readFileSync(join(project.folder, "provider.ts"), "utf8")).toContain(readMountLine(framework));
    await project.run("node", ["node_modules/typescript/bin/tsc"]);

    const port = await getPort();
    await project.serve(port, "node", ["provider.js"], { PORT: String(port), PARTNER_TOKEN: token }, async () => {
      const environment = { PARTNER_URL: `http://127.0.0.1:${port}/api`, PARTNER_TOKEN: token };
      expect(await project.run("node", ["quickstart.js"], environment)).toBe("deliver FJQR-RGPM-BXLD\n");
    });
    expect(
      await project.run("node", ["quickstart.js"], { PARTNER_URL: inject("sandboxUrl"), PARTNER_TOKEN: "sandbox" }),
    ).toMatch(/^deliver [\w-]+\n$/);
  },
);

/** The README's provider below /api, without the `node:http` server and its end. */
function toHandlerModule(code: string): string {
  const lines = code.split("\n").filter((line) => !/createServer|closeGently\(/.test(line));
  const handler = lines
    .join("\n")
    .replace(", toNodeListener", "")
    .replace("closeGently, ", "")
    .replace("{ auth:", '{ basePath: "/api", auth:');
  return `${handler}export { handler };\n`;
}

/** The line that mounts the handler in a framework, as the server's README shows it. */
function readMountLine(framework: string): string {
  const [, line] =
    new RegExp(`^\\| ${framework}\\b[^|]*\\| \`(.*?)\``, "m").exec(readReadme("packages/server/README.md")) ?? [];
  if (line === undefined) throw new Error(`The README of the server has no row for ${framework}`);
  return line;
}
