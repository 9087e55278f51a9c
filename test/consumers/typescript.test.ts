import { readFileSync } from "node:fs";
import { join } from "node:path";
import getPort from "get-port";
import { beforeAll, expect, inject, test } from "vitest";
import { Project } from "./project.ts";
import { readCode, quickstart } from "./readme-code.ts";

const project = new Project("typescript", inject("folder"));
const environment = { PARTNER_URL: inject("sandboxUrl"), PARTNER_TOKEN: "sandbox" };
const compilers = ["5.9", "6", "7"].flatMap((version) => [
  { version, resolution: "nodenext" },
  { version, resolution: "bundler" },
]);

beforeAll(async () => {
  await project.install(inject("tarballs"));
  project.write("web/quickstart.ts", quickstart);
  project.write("web/merchant.ts", readCode("README.md", 0));
  project.write("web/contract.ts", readCode("packages/contract/README.md"));
  project.write(
    "web/entries.ts",
    importsOf(["contract", "client"])
      .filter((line) => !/opentelemetry|undici/.test(line))
      .join(""),
  );
  project.write("node/provider.ts", readCode("README.md", 1));
  project.write("node/watched.ts", readCode("packages/client/README.md", 1));
  project.write("node/server.ts", readCode("packages/server/README.md", 0));
  project.write("node/sell-once.ts", readCode("packages/server/README.md", 1));
  project.write("node/retry-queue.ts", readCode("packages/retry-queue/README.md"));
  project.write("node/sandbox.ts", readCode("packages/sandbox/README.md"));
  project.write("node/entries.ts", importsOf(["contract", "client", "server", "retry-queue", "sandbox"]).join(""));
});

test.each(compilers)(
  "a strict TypeScript $version project with moduleResolution $resolution compiles every README and buys",
  async ({ version, resolution }) => {
    const out = await compile(version, resolution);
    expect(await project.run("node", [`${out}/web/quickstart.js`], environment)).toMatch(/^deliver [\w-]+\n$/);
  },
);

test("the compiled code of the READMEs does what they say", async () => {
  const out = await compile("7", "nodenext");
  const port = await getPort();
  const provider = { PORT: String(port), PARTNER_TOKEN: "token-of-this-test", PARTNER_URL: `http://127.0.0.1:${port}` };
  await project.serve(port, "node", [`${out}/node/provider.js`], provider, async () => {
    expect(await project.run("node", [`${out}/web/merchant.js`], provider)).toBe("deliver FJQR-RGPM-BXLD\n");
  });
  expect(await project.run("node", [`${out}/web/merchant.js`], environment)).toMatch(/^deliver [\w-]+\n$/);
  expect(await project.run("node", [`${out}/web/contract.js`])).toMatch(/^9007199254740993n\nunknown /);
  expect(await project.run("node", [`${out}/node/retry-queue.js`], environment)).toMatch(/^deliver [\w-]+\n$/);
  expect(await project.run("node", [`${out}/node/sandbox.js`])).toBe("unknown\nsucceeded\n1\n");
  const hubPort = await getPort();
  const hub = {
    PORT: String(hubPort),
    PARTNER_TOKEN: "token-of-this-test",
    PARTNER_URL: `http://127.0.0.1:${hubPort}`,
  };
  await project.serve(hubPort, "node", [`${out}/node/sell-once.js`], hub, async () => {
    expect(await project.run("node", [`${out}/web/merchant.js`], hub)).toBe("deliver AAAA-1111\n");
    expect(await project.run("node", [`${out}/web/quickstart.js`], hub)).toBe("deliver BBBB-2222\n");
  });
  for (const entries of ["web", "node"]) await project.run("node", [`${out}/${entries}/entries.js`]);
});

/** Compiles the code that needs only web standards without the types of Node, and the rest with them. */
async function compile(version: string, resolution: string): Promise<string> {
  const out = `out/${version}-${resolution}`;
  const tsc = `node_modules/typescript-${version}/bin/tsc`;
  const module = resolution === "bundler" ? "esnext" : resolution;
  const options = ["--module", module, "--moduleResolution", resolution];
  const compilePart = (part: string) =>
    project.run("node", [tsc, "-p", part, ...options, "--outDir", `${out}/${part}`]);
  await Promise.all(["web", "node"].map(compilePart));
  return out;
}

/** An import line for each entry of the installed packages. */
function importsOf(packages: string[]): string[] {
  return packages.flatMap((name) => {
    const manifest = readFileSync(join(project.folder, "node_modules/@codegames", name, "package.json"), "utf8");
    const { exports } = JSON.parse(manifest) as { exports: object };
    return Object.keys(exports).map((entry) => {
      const attributes = entry.endsWith(".json") ? ' with { type: "json" }' : "";
      return `import "@codegames/${name}${entry.slice(1)}"${attributes};\n`;
    });
  });
}
