import { type ChildProcess, spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const secret = "a shared secret of 32 bytes, or more";
const folder = mkdtempSync(join(tmpdir(), "codegames-sandbox-"));
const file = join(folder, "secret");
writeFileSync(file, `${secret}\n`);
afterAll(() => rmSync(folder, { recursive: true }));

let child: ChildProcess | undefined;
afterEach(() => void child?.kill());

/** Runs the command until what it printed matches, or until it ends. */
async function run(args: string[], env: Record<string, string> = {}, until = /faults -d/) {
  const { CODEGAMES_HMAC_SECRET: _, ...rest } = process.env;
  const started = spawn(process.execPath, ["--no-warnings", main, "--port", "0", "--admin-port", "0", ...args], {
    env: { ...rest, ...env },
  });
  child = started;
  let output = "";
  const waiting = new Set<() => void>();
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const look of waiting) look();
    });
  }
  const closed = new Promise<number | null>((resolve) => started.once("close", resolve));
  const printed = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => pattern.test(output) && resolve();
      waiting.add(look);
      look();
    });
  await Promise.race([printed(until), closed]);
  const url = /The hub is at (http\S+),/.exec(output)?.[1] ?? "";
  return { url, output: () => output, printed, closed };
}

const body = '{"product_id":1,"price":50000,"txn_id":"A-1"}';

/** Signs a pay by hand (RFC 9421). */
function signedHeaders(key: string): Record<string, string> {
  const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
  const input = `("@method" "@path" "content-digest");created=${Math.floor(Date.now() / 1000)};keyid="wallet"`;
  const base = `"@method": POST\n"@path": /pay\n"content-digest": ${digest}\n"@signature-params": ${input}`;
  const signature = createHmac("sha256", key).update(base).digest("base64");
  return { "content-digest": digest, "signature-input": `sig=${input}`, signature: `sig=:${signature}:` };
}

const pay = (url: string, headers: Record<string, string>) =>
  fetch(`${url}/pay`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

describe("codegames-sandbox --hmac", () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ["the environment", [], { CODEGAMES_HMAC_SECRET: secret }, "secret: process.env.CODEGAMES_HMAC_SECRET"],
    ["a file", ["--hmac-secret", file], {}, `secret: readFileSync(${JSON.stringify(file)}, "utf8")`],
  ])("takes signed calls with the secret of %s, and says how to sign", async (_, args, env, hint) => {
    const { url, output, printed } = await run(["--hmac", "wallet", ...args], env);
    expect(await (await pay(url, signedHeaders(secret))).json()).toMatchObject({ status: "OK" });
    expect(output()).toContain(hint);
    expect(output()).toContain("contract/vectors/signatures.md");
    expect(output()).not.toMatch(/curl \S+ \S+\/pay/);
    expect((await pay(url, { authorization: "Bearer sandbox" })).status).toBe(401);
    expect((await pay(url, signedHeaders(`${secret}!`))).status).toBe(401);
    await printed(/wrong-signature/);
    expect(
      output()
        .split("\n")
        .filter((line) => line.includes(" refused: ")),
    ).toEqual([
      "pay refused: no-credentials: the request has no header Signature-Input",
      expect.stringMatching(/^pay refused: wrong-signature: another secret, or another value of /),
    ]);
    expect(output()).not.toContain(secret);
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ["no secret", [], {}, "--hmac needs a secret: set CODEGAMES_HMAC_SECRET, or name a file with --hmac-secret"],
    ["an empty secret", [], { CODEGAMES_HMAC_SECRET: "" }, "--hmac needs a secret"],
    [
      "a short secret",
      [],
      { CODEGAMES_HMAC_SECRET: "too-short" },
      "the secret of --hmac must have 16 bytes or more (RFC 2104 advises 32); it has 9",
    ],
    ["a token too", ["--token", "t"], { CODEGAMES_HMAC_SECRET: secret }, "--hmac and --token exclude each other"],
  ])("is wrong use with %s", async (_, args, env, message) => {
    const { closed, output } = await run(["--hmac", "wallet", ...args], env);
    expect([await closed, output()]).toEqual([2, expect.stringContaining(message)]);
    expect(output()).not.toMatch(/too-short|a shared secret/);
  });

  test.each(["", "a b", 'a"b', "undefined", "ы"])("is wrong use with the key id %j", async (keyId) => {
    const { closed, output } = await run([`--hmac=${keyId}`], { CODEGAMES_HMAC_SECRET: secret });
    expect([await closed, output()]).toEqual([2, expect.stringContaining("--hmac must be a key id")]);
  });

  test("does not show what stands where a file belongs, as it can be the secret", async () => {
    const { closed, output } = await run(["--hmac", "wallet", "--hmac-secret", secret]);
    expect([await closed, output()]).toEqual([1, expect.stringContaining("--hmac-secret names (ENOENT)")]);
    expect(output()).not.toContain(secret);
  });

  test("is needed by --hmac-secret", async () => {
    const { closed, output } = await run(["--hmac-secret", file]);
    expect([await closed, output()]).toEqual([2, expect.stringContaining("--hmac-secret needs --hmac KEY_ID")]);
  });
});

test.each(["", "a b", "undefined", "null", `sha256:${"0".repeat(64)}`, "sha256:x", "ы"])(
  "codegames-sandbox says that the token %j is wrong use",
  async (token) => {
    const { closed, output } = await run([`--token=${token}`]);
    expect([await closed, output()]).toEqual([2, expect.stringContaining("--token must be visible ASCII characters")]);
  },
);

test("codegames-sandbox prints one line for each call that it refuses", async () => {
  const { url, output, printed } = await run([]);
  for (const headers of [{}, { authorization: "Bearer GUESS" }]) expect((await pay(url, headers)).status).toBe(401);
  await printed(/wrong-credentials/);
  expect(
    output()
      .split("\n")
      .filter((line) => line.includes(" refused: ")),
  ).toEqual([
    "pay refused: no-credentials: the request must carry one header Authorization with the scheme Bearer",
    "pay refused: wrong-credentials: no merchant has the value of one header Authorization with the scheme Bearer",
  ]);
  expect(output()).not.toContain("GUESS");
});
