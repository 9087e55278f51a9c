import { beforeAll, expect, inject, test } from "vitest";
import { Project } from "./project.ts";
import { quickstart } from "./readme-code.ts";

const project = new Project("commonjs", inject("folder"));
const environment = { PARTNER_URL: inject("sandboxUrl"), PARTNER_TOKEN: "sandbox" };

beforeAll(async () => {
  await project.install(inject("tarballs"));
  // A CommonJS module has no top-level await.
  const code = quickstart.replace("export {};", "");
  const body = code.replace(/^import .*$/m, "");
  const [imports] = code.match(/^import .*$/m) ?? [];
  project.write("quickstart.ts", `${imports}\nvoid (async () => {\n${body}})();\n`);
  project.write("provider.ts", 'import { hmac } from "@codegames/server";\nconsole.log(typeof hmac);\n');
});

/** Type-checks and compiles both files. */
const compile = (version: string, module: string) => {
  const options = ["--strict", "--skipLibCheck", "--target", "es2022", "--types", "node", "--module", module];
  const tsc = `node_modules/typescript-${version}/bin/tsc`;
  return project.run("node", [tsc, ...options, "--outDir", `out/${version}`, "quickstart.ts", "provider.ts"]);
};

test.each([
  ["5.9", "nodenext"],
  ["6", "commonjs"],
  ["7", "nodenext"],
])(
  "RW22 a CommonJS project with TypeScript %s and module %s requires the packages and buys",
  async (version, module) => {
    await compile(version, module);
    expect(await project.run("node", [`out/${version}/quickstart.js`], environment)).toMatch(/^deliver [\w-]+\n$/);
    expect(await project.run("node", [`out/${version}/provider.js`])).toBe("function\n");
  },
);

test.each([
  ["5.9", "commonjs", "TS2307: Cannot find module '@codegames/client'"],
  ["7", "node16", "TS1479"],
])("RW22 TypeScript %s with module %s says %s, as the READMEs explain", async (version, module, message) => {
  await expect(compile(version, module)).rejects.toThrow(message);
});
