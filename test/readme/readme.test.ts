import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { defaultCatalogue } from "@codegames/sandbox";
import getPort from "get-port";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fileURLToPath(new URL("dist/", import.meta.url));
const readmes = ["README.md", "packages/client/README.md", "packages/codec/README.md", "packages/command-line/README.md", "packages/contract/README.md", "packages/retry-queue/README.md", "packages/sandbox/README.md", "packages/server/README.md"];

/** The code blocks of a README, in its order. */
function blocksOf(readme: string, language: string): string[] {
  const text = readFileSync(join(root, readme), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, found]) => found === language).map(([, , code]) => code ?? "");
}

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const readme of readmes) {
    blocksOf(readme, "ts").forEach((code, index) => {
      writeFileSync(join(folder, `${readme.replaceAll(/\W+/g, "-")}-${index}.ts`), `${code}\nexport {};\n`);
    });
  }
});

test("the code in every README compiles", () => {
  const tsconfig = { extends: "../../../tsconfig.base.json", compilerOptions: { noUnusedLocals: false }, include: ["."], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
}, 120_000);

test.each(["README-md-0", "packages-client-README-md-0"])("the merchant of %s buys from the README's provider", async (merchant) => {
  const provider = join(folder, "README-md-1.ts");
  const port = await getPort();
  const env = { ...process.env, PORT: String(port), PARTNER_TOKEN: "for-the-test", PARTNER_URL: `http://127.0.0.1:${port}` };
  const server = spawn(process.execPath, [provider], { env, stdio: ["ignore", "inherit", "inherit"] });
  try {
    await untilListening(port);
    expect(execFileSync(process.execPath, [join(folder, `${merchant}.ts`)], { env, encoding: "utf8" })).toBe("deliver FJQR-RGPM-BXLD\n");
  } finally {
    server.kill();
    await once(server, "close");
  }
}, 60_000);

test("the contract's README says what its code prints", () => {
  const output = execFileSync(process.execPath, [join(folder, "packages-contract-README-md-0.ts")], { encoding: "utf8" });
  expect(output).toMatch(/^9007199254740993n\nunknown \{ attempts: 100, periodSeconds: 120 \}\n\{\n?\s*ok: true,/);
});

test("the codec's README says what its code prints", () => {
  const output = execFileSync(process.execPath, [join(folder, "packages-codec-README-md-0.ts")], { encoding: "utf8" });
  expect(output).toMatch(/^9007199254740993n \[secret\]\nFJQR-RGPM-BXLD\n\{\n?\s*ok: false,\s*issue: \{\s*pointer: '\/id',/);
});

test("the merchant of the retry queue's README buys from the README's provider, and settles once", async () => {
  const port = await getPort();
  const env = { ...process.env, PORT: String(port), PARTNER_TOKEN: "for-the-test", PARTNER_URL: `http://127.0.0.1:${port}` };
  const cwd = join(folder, "queue");
  mkdirSync(cwd);
  const server = spawn(process.execPath, [join(folder, "README-md-1.ts")], { env, stdio: ["ignore", "inherit", "inherit"] });
  try {
    await untilListening(port);
    const merchant = () => execFileSync(process.execPath, [join(folder, "packages-retry-queue-README-md-0.ts")], { env, cwd, encoding: "utf8" });
    expect(merchant()).toBe("deliver FJQR-RGPM-BXLD\n");
    expect(merchant()).toBe("deliver FJQR-RGPM-BXLD\n");
  } finally {
    server.kill();
    await once(server, "close");
  }
}, 120_000);

test("the sandbox's README says what its code prints, and lists every magic product", async () => {
  const output = execFileSync(process.execPath, [join(folder, "packages-sandbox-README-md-0.ts")], { encoding: "utf8" });
  expect(output).toBe("unknown\nsucceeded\n1\n");
  const text = readFileSync(join(root, "packages/sandbox/README.md"), "utf8");
  const listed = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, id]) => BigInt(id ?? 0));
  expect(listed).toEqual(expect.arrayContaining(defaultCatalogue.map(({ id }) => id)));
  expect(listed).toHaveLength(defaultCatalogue.length);
});

test("the README's commands are scripts of the root", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const commands = readFileSync(join(root, "README.md"), "utf8").matchAll(/npm (?:run )?([a-z:]+)/g);
  const names = [...commands].map(([, name = ""]) => name);
  expect(names).toEqual(expect.arrayContaining(["start", "test", "generate", "lint", "mock"]));
  expect(names.filter((name) => name !== "install" && !Object.hasOwn(scripts, name))).toEqual([]);
});

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const first = await Promise.race([once(socket, "connect").then(() => "connected"), once(socket, "error")]).catch(() => "refused");
    socket.destroy();
    if (first === "connected") return;
    await setTimeout(50);
  }
}
