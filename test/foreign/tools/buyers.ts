import { createRequire } from "node:module";
import { join } from "node:path";
import { contractFile, type ForeignTool, type Seen } from "../foreign-tool.ts";
import { programEnv } from "../hub.ts";
import { install, installForPython, Workshop } from "../workshop.ts";

const { resolve } = createRequire(import.meta.url);

const parse = (line: string) => JSON.parse(line) as Seen;

const redocly = (workshop: Workshop, ...generators: string[]) =>
  workshop.node(resolve("@redocly/cli/bin/cli.js"), [
    "generate-client",
    contractFile,
    "--output",
    "client.ts",
    "--import-ext",
    "ts",
    ...generators.flatMap((name) => ["--generator", name]),
  ]);

const redoclyPython: ForeignTool = {
  id: "redocly-python",
  packages: ["@redocly/cli"],
  isQuick: true,
  async look(hub) {
    const python = await installForPython("httpx==0.28.1");
    const workshop = new Workshop(this.id);
    await redocly(workshop, "python");
    workshop.copy("buy.py");
    return parse(await workshop.run(python, ["buy.py"], programEnv(hub)));
  },
};

const redoclyJava: ForeignTool = {
  id: "redocly-java",
  packages: ["@redocly/cli"],
  isQuick: true,
  async look(hub) {
    const workshop = new Workshop(this.id);
    await redocly(workshop, "java");
    workshop.copy("Buy.java");
    await workshop.run("javac", ["-encoding", "UTF-8", "-d", "classes", "Client.java", "Buy.java"]);
    return parse(await workshop.run("java", ["-cp", "classes", "Buy"], programEnv(hub)));
  },
};

const redoclyPhp: ForeignTool = {
  id: "redocly-php",
  packages: ["@redocly/cli"],
  isQuick: true,
  async look(hub) {
    const workshop = new Workshop(this.id);
    await redocly(workshop, "php");
    workshop.copy("buy.php");
    return parse(await workshop.run(process.env["PHP"] ?? "php", ["buy.php"], programEnv(hub)));
  },
};

const redoclyTypescript: ForeignTool = {
  id: "redocly-typescript",
  packages: ["@redocly/cli", "zod"],
  isQuick: true,
  async look(hub) {
    const workshop = new Workshop(this.id);
    await redocly(workshop, "typescript", "zod");
    return compileAndBuy(workshop, "redocly.ts", programEnv(hub));
  },
};

const openapiFetch: ForeignTool = {
  id: "openapi-fetch",
  packages: ["openapi-typescript", "openapi-fetch"],
  isQuick: true,
  async look(hub) {
    const workshop = new Workshop(this.id);
    await workshop.node(resolve("openapi-typescript/package.json").replace("package.json", "bin/cli.js"), [
      contractFile,
      "--output",
      "client.ts",
    ]);
    return compileAndBuy(workshop, "openapi-fetch.ts", programEnv(hub));
  },
};

const heyApi: ForeignTool = {
  id: "hey-api",
  packages: ["@hey-api/openapi-ts"],
  isQuick: true,
  async look(hub) {
    const workshop = new Workshop(this.id);
    const settings = {
      input: contractFile,
      output: { path: "client", module: { extension: ".ts" } },
      plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
    };
    workshop.write("openapi-ts.config.mjs", `export default ${JSON.stringify(settings)};\n`);
    await workshop.node(resolve("@hey-api/openapi-ts/package.json").replace("package.json", "bin/run.js"), [
      "--no-log-file",
    ]);
    return compileAndBuy(workshop, "hey-api.ts", programEnv(hub));
  },
};

const zodClient: ForeignTool = {
  id: "zod-client",
  packages: ["openapi-zod-client"],
  isQuick: false,
  async look(hub) {
    const packages = await install("zod-client");
    const workshop = new Workshop(this.id, packages);
    const command = join(packages, "node_modules/openapi-zod-client/bin.js");
    await workshop.node(command, [contractFile, "--output", "client.ts", "--export-schemas"]);
    return compileAndBuy(workshop, "zod-client.ts", programEnv(hub));
  },
};

async function compileAndBuy(workshop: Workshop, program: string, env: Record<string, string>): Promise<Seen> {
  workshop.copy("buy.ts", program);
  await workshop.compile(program);
  return parse(await workshop.node(program, [], env));
}

/** Generators of clients: what they make compiles and buys. */
export const buyers = [redoclyPython, redoclyJava, redoclyPhp, redoclyTypescript, openapiFetch, heyApi, zodClient];
