import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bearer, createClient } from "@codegames/client";
import { type Sandbox, startSandbox } from "@codegames/sandbox";
import { type Authenticate, bearer as acceptBearer, hmac as acceptHmac } from "@codegames/server";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Example, parseExamples, readExamples } from "./docstring-examples.ts";
import { runToEnd, typeCheck, withServer, writeModules } from "./run-code.ts";

/** The functions that people meet first, by package. */
const mustHaveExample = [
  "client bearer",
  "client hmac",
  "client newTxnId",
  "client priceToPay",
  "client undiciFetch",
  "retry-queue openRetryQueue",
  "sandbox startSandbox",
  "server openSqliteStore",
  "server sellOnce",
  "server toNodeListener",
];

const token = "token-of-this-test";
const secret = "secret-of-this-test-of-32-bytes-";
const examples = readExamples();
const isProvider = ({ code }: Example) => code?.includes(".listen(") ?? false;
const fileOf = ({ packageName, name }: Example, index: number) => `${packageName}-${name}-${index}.ts`;
const files = new Map(examples.map((example, index) => [example, fileOf(example, index)]));

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = writeModules("examples", new Map([...files].map(([{ code = "" }, file]) => [file, code])));
  sandbox = await startSandbox({ auth: acceptBearerOrHmac() });
});

afterAll(() => sandbox.close());

test("the functions that people meet first have an @example", () => {
  const documented = examples.map(({ packageName, name }) => `${packageName} ${name}`);
  const missing = mustHaveExample.filter((each) => !documented.includes(each));
  expect(missing, "functions without an @example in their docstring").toEqual([]);
  expect(examples.length).toBeGreaterThanOrEqual(10);
});

test("every @example is a module in a ts fence", () => {
  const wrong = examples.filter(({ code }) => !code || !/^(import|export) /m.test(code));
  expect(wrong.map(({ file, name }) => `${file} ${name}`)).toEqual([]);
});

test("every @example compiles", () => {
  expect(typeCheck(folder)).toBe("");
}, 120_000);

test.each(examples.filter((example) => !isProvider(example)))(
  "the @example of $name in $packageName runs to its end",
  async (example) => {
    await runToEnd(fileIn(example), optionsOf(example, { PARTNER_URL: sandbox.url }));
  },
  60_000,
);

test.each(examples.filter(isProvider))(
  "the @example of $name in $packageName answers a check",
  async (example) => {
    const port = await getPort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const client = createClient({ baseUrl, auth: bearer(token), timeoutMs: 2000 });
    const isReady = async () => {
      const { outcome } = await client.check({ product_id: 1234567890n });
      return outcome === "succeeded" || outcome === "rejected";
    };
    await withServer(
      fileIn(example),
      optionsOf(example, { PORT: String(port), PARTNER_URL: baseUrl }),
      isReady,
      async () => {},
    );
  },
  60_000,
);

test("parseExamples() reads each @example with its package, name and code", () => {
  const text = [
    "/**",
    " * Adds.",
    " *",
    " * @example With words",
    " *   ```ts",
    ' *   import { add } from "@codegames/client";',
    " *",
    " *   add(1);",
    " *   ```",
    " *",
    " * @example",
    " * add(2);",
    " */",
    "export async function add() {}",
    "/** Has no example. */",
    "export const other = 1;",
  ].join("\n");
  const found = { packageName: "client", name: "add", file: "packages/client/src/add.ts" };
  expect(parseExamples(found.file, text)).toEqual([
    { ...found, code: 'import { add } from "@codegames/client";\n\nadd(1);\n' },
    { ...found, code: undefined },
  ]);
});

const fileIn = (example: Example): string => join(folder, files.get(example) ?? "");

/** Each example runs in its own empty folder, for its database. */
function optionsOf(example: Example, env: Record<string, string>) {
  const cwd = `${fileIn(example)}.folder`;
  mkdirSync(cwd, { recursive: true });
  return { cwd, env: { PARTNER_TOKEN: token, PARTNER_SECRET: secret, ...env } };
}

/** Lets the examples of `bearer` and of `hmac` call the same sandbox. */
function acceptBearerOrHmac(): Authenticate {
  const [byToken, bySignature] = [
    acceptBearer({ [token]: "wallet" }),
    acceptHmac({ wallet: { merchant: "wallet", secret } }),
  ];
  return (request) => (request.headers["authorization"] ? byToken(request) : bySignature(request));
}
