import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCatalogue } from "@codegames/sandbox";
import getPort from "get-port";
import { beforeAll, expect, test } from "vitest";
import { root } from "./root.ts";
import { isListening, runToEnd, typeCheck, withServer, writeModules } from "./run-code.ts";

const readmes = [
  "README.md",
  "packages/client/README.md",
  "packages/codec/README.md",
  "packages/command-line/README.md",
  "packages/contract/README.md",
  "packages/retry-queue/README.md",
  "packages/sandbox/README.md",
  "packages/server/README.md",
];

const moduleName = (readme: string, index: number) => `${readme.replaceAll(/\W+/g, "-")}-${index}.ts`;

/** The TypeScript blocks of a README, in order. */
function readBlocks(readme: string): string[] {
  const text = readFileSync(join(root, readme), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
}

let folder: string;

beforeAll(() => {
  const modules = readmes.flatMap((readme) =>
    readBlocks(readme).map((code, index) => [moduleName(readme, index), `${code}\nexport {};\n`] as const),
  );
  folder = writeModules("readme", new Map(modules));
});

/** Runs the provider of the root README while `work` runs. */
async function withProvider<T>(work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const port = await getPort();
  const env = { PORT: String(port), PARTNER_TOKEN: "token-of-this-test", PARTNER_URL: `http://127.0.0.1:${port}` };
  return withServer(
    join(folder, moduleName("README.md", 1)),
    { env },
    () => isListening(port),
    () => work(env),
  );
}

test("the code in every README compiles", () => {
  expect(typeCheck(folder)).toBe("");
}, 120_000);

test.each(["README.md", "packages/client/README.md"])(
  "the merchant of %s buys from the README's provider",
  async (readme) => {
    await withProvider(async (env) => {
      expect(await runToEnd(join(folder, moduleName(readme, 0)), { env })).toBe("deliver FJQR-RGPM-BXLD\n");
    });
  },
  60_000,
);

test("RW21 the server's README keeps an idle connection longer than a load balancer does", async () => {
  const port = await getPort();
  const cwd = join(folder, "shop");
  mkdirSync(cwd);
  await withServer(
    join(folder, moduleName("packages/server/README.md", 1)),
    { env: { PORT: String(port), PARTNER_TOKEN: "token-of-this-test" }, cwd },
    () => isListening(port),
    async () => {
      const { headers } = await fetch(`http://127.0.0.1:${port}/check`, { method: "POST" });
      expect(headers.get("keep-alive")).toBe("timeout=65");
    },
  );
}, 60_000);

test("the contract's README says what its code prints", async () => {
  const output = await runToEnd(join(folder, moduleName("packages/contract/README.md", 0)), { env: {} });
  expect(output).toMatch(/^9007199254740993n\nunknown \{ attempts: 100, periodSeconds: 120 \}\n\{\n?\s*ok: true,/);
});

test("the codec's README says what its code prints", async () => {
  const output = await runToEnd(join(folder, moduleName("packages/codec/README.md", 0)), { env: {} });
  expect(output).toMatch(
    /^9007199254740993n \[secret\]\nFJQR-RGPM-BXLD\n\{\n?\s*ok: false,\s*issue: \{\s*pointer: '\/id',/,
  );
});

test("the codec's README says what a tolerant reader makes of an answer", async () => {
  const output = await runToEnd(join(folder, moduleName("packages/codec/README.md", 1)), { env: {} });
  const [, second = ""] = readBlocks("packages/codec/README.md");
  const [, deviations = ""] = second.split("drift.deviations");
  const printed = [...deviations.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(printed).toHaveLength(2);
  expect(output).toBe(`9007199254740993n undefined\n${printed.join("\n")}\n`);
});

test("the merchant of the retry queue's README buys from the README's provider, and settles once", async () => {
  const cwd = join(folder, "queue");
  mkdirSync(cwd);
  const merchant = join(folder, moduleName("packages/retry-queue/README.md", 0));
  await withProvider(async (env) => {
    expect(await runToEnd(merchant, { env, cwd })).toBe("deliver FJQR-RGPM-BXLD\n");
    expect(await runToEnd(merchant, { env, cwd })).toBe("deliver FJQR-RGPM-BXLD\n");
  });
}, 120_000);

test("the sandbox's README says what its code prints, and lists every magic product", async () => {
  const output = await runToEnd(join(folder, moduleName("packages/sandbox/README.md", 0)), { env: {} });
  expect(output).toBe("unknown\nsucceeded\n1\n");
  const text = readFileSync(join(root, "packages/sandbox/README.md"), "utf8");
  const listed = [...text.matchAll(/^\| (\d+) +\|/gm)].map(([, id]) => BigInt(id ?? 0));
  expect(listed).toEqual(expect.arrayContaining(defaultCatalogue.map(({ id }) => id)));
  expect(listed).toHaveLength(defaultCatalogue.length);
});

test("the README's commands are scripts of the root", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const commands = readFileSync(join(root, "README.md"), "utf8").matchAll(/npm (?:run )?([a-z:]+)/g);
  const names = [...commands].map(([, name = ""]) => name);
  expect(names).toEqual(expect.arrayContaining(["start", "test", "generate", "lint", "mock"]));
  expect(names.filter((name) => name !== "install" && !Object.hasOwn(scripts, name))).toEqual([]);
});
