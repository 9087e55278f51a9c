// Long, because every command runs as a process on one queue in PostgreSQL, which takes long to fill.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openRetryQueue, type RetryQueue } from "../index.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "codegames-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(args: string[], { env = {}, node = [] }: { env?: NodeJS.ProcessEnv; node?: string[] } = {}) {
  const { CODEGAMES_DATABASE: _, ...rest } = process.env;
  return spawn(process.execPath, [...node, main, ...args], {
    cwd: folder,
    env: { ...rest, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs the program to its end. */
async function run(args: string[], options?: Parameters<typeof start>[1]) {
  const child = start(args, options);
  const result = { code: -1, out: "", errors: "" };
  child.stdout.on("data", (chunk) => (result.out += chunk));
  child.stderr.on("data", (chunk) => (result.errors += chunk));
  [result.code] = await once(child, "close");
  expect(result.errors, "no stack trace for users").not.toMatch(/^\s+at /m);
  return result;
}

const common = { retryAfterMs: undefined, problem: undefined, attemptId: "1", elapsedMs: 1, httpStatus: undefined };
const unknown = { ...common, outcome: "unknown", reason: "timeout", status: undefined, detail: "no answer within 1 s" };
const card = { id: 1n, name: "Card", productKey: "FJQR-KEY" };
const sold = { ...common, outcome: "succeeded", status: "OK", body: { partner_txn_id: "W5", product: card } };
const soldWithoutKey = { ...common, outcome: "succeeded", status: "OK", body: { partner_txn_id: "W6" } };

const open = (database: string, name = "hub") =>
  openRetryQueue({
    client: {
      pay: async ({ txn_id }) => (txn_id.startsWith("SOLD") ? sold : unknown) as never,
      status: async ({ txn_id }) => (txn_id.startsWith("KEYLESS") ? soldWithoutKey : unknown) as never,
    },
    onSettled() {},
    database,
    name,
    policy: { attempts: 1, periodSeconds: 1, payTimeoutSeconds: 1, jitter: 0, pollSeconds: 0.05 },
  });

const pay = (queue: RetryQueue, txn_id: string, product_id = 1n) => queue.pay({ product_id, price: 50000, txn_id });

/** SOLD-1 is settled, KEYLESS-1 is sold without a key, LOST-1 to LOST-3 are unresolved, and OPEN is pending. */
async function seed(database: string): Promise<void> {
  const queue = await open(database);
  let left = 4;
  const done = new Promise<void>((resolve) => {
    for (const event of ["unresolved", "key-missing"] as const) queue.on(event, () => --left === 0 && resolve());
  });
  await pay(queue, "LOST-1", 9007199254740993n);
  await pay(queue, "LOST-2");
  await pay(queue, "LOST-3");
  await pay(queue, "KEYLESS-1");
  await pay(queue, "SOLD-1");
  await queue.start();
  await done;
  await pay(queue, "OPEN\u001B[31m");
  await queue.stop();
}

test("list, show, resolve and redrive work on a folder as on PostgreSQL", async () => {
  const database = join(folder, "queue");
  await seed(database);
  const at = (...args: string[]) => run(args, { env: { CODEGAMES_DATABASE: database } });
  expect((await at("list")).out).toMatch(/LOST-1 +unresolved/);
  expect(await at("resolve", "LOST-2", "--refunded", "--note", "asked")).toMatchObject({ code: 0 });
  expect((await at("show", "LOST-2")).out).toMatch(/^state +resolved$/m);
  expect(await at("redrive", "LOST-1")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^1 operation is pending again/),
  });
}, 60_000);

describe("on PostgreSQL", () => {
  let database = "";
  beforeAll(async () => {
    database = await newDatabase(inject("databaseUrl"));
    await seed(database);
  }, 60_000);

  const at = (...args: string[]) => run(args, { env: { CODEGAMES_DATABASE: database } });

  test("list shows the operations that wait for the operator, oldest first", async () => {
    const { code, out } = await at("list");
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ["TXN_ID", "STATE", "ATTENTION", "AGE", "ATTEMPTS", "NEXT CHECK"],
      ["LOST-1", "unresolved", "unresolved", expect.stringMatching(/^\d+ s$/), "1", "-"],
      ["LOST-2", "unresolved", "unresolved", expect.stringMatching(/^\d+ s$/), "1", "-"],
      ["LOST-3", "unresolved", "unresolved", expect.stringMatching(/^\d+ s$/), "1", "-"],
      ["KEYLESS-1", "succeeded", "key-missing", expect.stringMatching(/^\d+ s$/), "1", "-"],
    ]);
  }, 30_000);

  test("list says that more exist when it shows a part, and only then", async () => {
    const { out } = await at("list", "--limit", "3");
    expect(out).toMatch(/LOST-3/);
    expect(out).not.toMatch(/KEYLESS-1/);
    expect(out).toMatch(/There are more than these 3/);
    expect((await at("list", "--limit", "4")).out).not.toMatch(/There are more/);
    expect(JSON.parse((await at("list", "--limit", "3", "--json")).out)).toMatchObject({
      operations: { length: 3 },
      hasMore: true,
    });
  }, 30_000);

  test("list --state shows other operations, and escapes control characters", async () => {
    const { out } = await at("list", "--state", "pending,succeeded", "--state", "rejected");
    expect(out).toMatch(/SOLD-1 .*succeeded/);
    expect(out).toMatch(/^OPEN\\u\{1b\}\[31m +pending +- +\d+ s +0 +(due|in 1 s)$/m);
    expect(out).not.toContain("\u001B");
    expect((await at("list", "--state", "rejected")).out).toBe("No operation is rejected\n");
  }, 30_000);

  test("show prints request, answers and attempts, as text and as JSON with exact numbers", async () => {
    const { code, out } = await at("show", "LOST-1");
    expect(code).toBe(0);
    expect(out).toMatch(/^state +unresolved; waits for the operator: unresolved$/m);
    expect(out).toMatch(/^request +product_id 9007199254740993, price 50000$/m);
    expect(out).toMatch(/^answer to pay +unknown \(timeout\)$/m);
    expect(out).toMatch(/^attempts +1$/m);
    expect(out).toMatch(/audit trail\n {2}\S+Z {2}unresolved/);
    const { out: json } = await at("show", "LOST-1", "--json");
    expect(json).toMatch(/"product_id": 9007199254740993\b/);
    expect(JSON.parse(json)).toMatchObject({
      txn_id: "LOST-1",
      state: "unresolved",
      attention: "unresolved",
      attempts: 1,
      events: [{ kind: "unresolved" }],
    });
  }, 30_000);

  test("show holds no product key (E4)", async () => {
    const { out } = await at("show", "SOLD-1");
    expect(out).toMatch(/^settlement +succeeded by pay, status OK, partner_txn_id W5$/m);
    const { out: json } = await at("show", "SOLD-1", "--json");
    expect(JSON.parse(json)).toMatchObject({ settlement: { outcome: "succeeded", partner_txn_id: "W5" } });
    expect(out + json).not.toMatch(/FJQR/);
  }, 30_000);

  test("resolve closes an operation, and its audit trail says who and why", async () => {
    const note = "The hub's support\nsays: not sold";
    const { code, out } = await at("resolve", "LOST-2", "--refunded", "--note", note, "--by", "Aigerim");
    expect(code).toBe(0);
    expect(out).toMatch(/^"LOST-2" is resolved, nothing left to do; recorded: refunded, "The hub's/);
    const shown = JSON.parse((await at("show", "LOST-2", "--json")).out);
    expect(shown).toMatchObject({ state: "resolved", settlement: { outcome: "cancelled", by: "person" } });
    expect(shown.events.at(-1)).toMatchObject({
      kind: "resolved",
      detail: { decision: "refunded", note: `${note} (by Aigerim)` },
    });
    const text = (await at("show", "LOST-2")).out;
    expect(text).toMatch(/Z {2}resolved, .*note: The hub's support\\u\{a\}says: not sold \(by Aigerim\)/);
    const again = await at("resolve", "LOST-2", "--delivered", "--note", "x");
    expect(again).toMatchObject({ code: 1, errors: expect.stringMatching(/it is resolved, nothing left to do/) });
  }, 30_000);

  test("resolve names the user of the operating system without --by", async () => {
    expect((await at("resolve", "KEYLESS-1", "--delivered", "--note", "Key by mail")).code).toBe(0);
    const { events } = JSON.parse((await at("show", "KEYLESS-1", "--json")).out);
    expect(events.at(-1).detail.note).toMatch(/^Key by mail \(by \S.*\)$/);
  }, 30_000);

  test("redrive makes unresolved operations pending again", async () => {
    const redriven = expect.stringMatching(/^1 operation is pending again/);
    expect(await at("redrive", "LOST-1")).toMatchObject({ code: 0, out: redriven });
    expect(JSON.parse((await at("show", "LOST-1", "--json")).out)).toMatchObject({
      state: "pending",
      attempts: 0,
      events: [{ kind: "unresolved" }, { kind: "redriven" }],
    });
    const errors = expect.stringMatching(/it must be unresolved, is pending/);
    expect(await at("redrive", "LOST-1")).toMatchObject({ code: 1, errors });
    expect((await at("redrive")).out).toMatch(/^1 operation is pending again/);
    expect((await at("redrive")).out).toMatch(/^0 operations are pending again/);
  }, 30_000);

  test("counts shows what is in the database, and nothing that only a running process counts", async () => {
    const { out } = await at("counts", "--json");
    const counts = JSON.parse(out);
    expect(Object.keys(counts)).toEqual(["pending", "isPaused", "oldestSeconds", "attention"]);
    expect(counts.pending + counts.attention.unresolved).toBeGreaterThanOrEqual(3);
    const text = (await at("counts")).out;
    expect(text).toMatch(/^pending +\d+\noldest +\d+ s\nthe hub +is up\nwaiting for operator +\d/);
    expect(text).toMatch(new RegExp(`^pending +${counts.pending}\n`));
  }, 30_000);

  test.each([["show"], ["redrive"], ["resolve", "--refunded", "--note", "x"]])(
    "%s of an unknown operation fails",
    async (command, ...rest) => {
      const { code, out, errors } = await at(command, ...rest, "--", "-A17");
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(errors).toMatch(/^codegames-retry-queue: There is no operation with txn_id "-A17" in the queue/);
    },
    30_000,
  );

  test("a name without a queue is an error that names the existing queues", async () => {
    const noName = expect.stringMatching(/There is no queue hub-2 in .*; there is hub\n$/);
    expect(await at("list", "--name", "hub-2")).toMatchObject({ code: 1, errors: noName });
    const noSchema = expect.stringMatching(/There is no queue in schema elsewhere/);
    expect(await at("counts", "--schema", "elsewhere")).toMatchObject({ code: 1, errors: noSchema });
  }, 30_000);
});

describe("where there is no queue", () => {
  test("list says so and makes no folder", async () => {
    const { code, out, errors } = await run(["list", "--database", "nothing-here"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    const missing = join(folder, "nothing-here");
    const message = `There is no queue in the folder ${missing}; for another place use --database`;
    expect(errors).toBe(`codegames-retry-queue: ${message}\n`);
    expect(existsSync(missing)).toBe(false);
  }, 30_000);

  test("a folder of something else stays as it is", async () => {
    const other = mkdtempSync(join(folder, "other-"));
    writeFileSync(join(other, "notes.txt"), "mine");
    expect((await run(["list", "--database", other])).code).toBe(1);
    expect(readdirSync(other)).toEqual(["notes.txt"]);
  }, 30_000);

  test("list makes no tables in a database without a queue", async () => {
    const database = await newDatabase(inject("databaseUrl"));
    const { code, errors } = await run(["list", "--database", database]);
    expect(code).toBe(1);
    const place = /PostgreSQL at 127\.0\.0\.1:\d+, database \S+; for another one use --schema/;
    expect(errors).toMatch(new RegExp(`There is no queue in schema codegames of ${place.source}`));
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    const { rows } = await client.query("SELECT nspname FROM pg_namespace WHERE nspname = 'codegames'");
    await client.end();
    expect(rows).toEqual([]);
  }, 30_000);

  test("a database that cannot be reached is named, without the password", async () => {
    const { code, errors } = await run(["list", "--database", "postgres://shop:hunter2@127.0.0.1:1/books"]);
    expect(code).toBe(1);
    expect(errors).toMatch(/PostgreSQL at 127\.0\.0\.1:1, database books cannot be used: .*ECONNREFUSED/);
    expect(errors).not.toMatch(/hunter2/);
  }, 30_000);
});

test("a folder in use is refused with the pid of its process", async () => {
  const queue = await open(join(folder, "held"));
  const { code, errors } = await run(["list", "--database", "held"]);
  await queue.stop();
  expect(code).toBe(1);
  expect(errors).toMatch(new RegExp(`folder ${join(folder, "held")} is in use by process ${process.pid};`));
}, 30_000);

test("redriven operations and the queue keep the period of the queue", async () => {
  const database = await newDatabase(inject("databaseUrl"));
  await seed(database);
  expect((await run(["redrive", "LOST-1", "--database", database])).code).toBe(0);
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const { rows: jobs } = await client.query(
    "SELECT retry_delay FROM codegames.job WHERE name = 'hub-status' AND data->>'txn_id' = 'LOST-1'",
  );
  const { rows: queues } = await client.query("SELECT retry_delay FROM codegames.queue WHERE name = 'hub-status'");
  await client.end();
  expect([jobs, queues]).toEqual([[{ retry_delay: 1 }], [{ retry_delay: 1 }]]);
}, 30_000);

describe("wrong use", () => {
  test.each([
    [[], "a command is missing"],
    [["lst"], 'there is no command "lst"; there are list, show'],
    [["toString"], 'there is no command "toString"'],
    [["show"], "show needs a txn_id"],
    [["show", "A", "B"], 'show takes one txn_id, and there is "B" too'],
    [["list", "A"], "list takes no argument"],
    [["list", "--port", "3000"], "list has no option --port"],
    [["list", "--colour"], 'option "--colour" is not known'],
    [["list", "--limit", "0"], '--limit must be a whole number from 1 to 100000; got "0"'],
    [
      ["list", "--state", "lost"],
      "--state must be one of pending, not-sent, succeeded, rejected, cancelled, unresolved, resolved; " + 'got "lost"',
    ],
    [["resolve", "A", "--note", "x"], "either --refunded or --delivered"],
    [["resolve", "A", "--note", "x", "--refunded", "--delivered"], "either --refunded or --delivered"],
    [["resolve", "A", "--refunded"], "resolve needs --note TEXT"],
    [["resolve", "A", "--refunded", "--note", " "], "resolve needs --note TEXT"],
    [["list", "--schema", "No"], "option schema must be"],
    [["list", "--name", "a b"], "option name must be"],
    [["dashboard", "--port", "70000"], "--port must be a whole number from 1 to 65535"],
    [["list", "--database", "mysql://shop:hunter2@db/books"], "--database must be a folder or a URL postgres://"],
    [["list", "--database", "host=db password=hunter2"], "--database must be a folder or a URL postgres://"],
  ])(
    "%j ends with 2 and says what is wrong",
    async (args, message) => {
      const { code, out, errors } = await run(args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(errors).toContain(message);
      expect(errors).toMatch(/see codegames-retry-queue --help\n$/);
      expect(errors).not.toMatch(/hunter2/);
    },
    30_000,
  );
});

test("--help lists every command and option, --version prints the version of the package", async () => {
  const { code, out } = await run(["list", "--help"]);
  expect(code).toBe(0);
  const commands = ["list", "show TXN", "resolve TXN", "redrive [TXN]", "counts", "dashboard"];
  const options = [
    "--state",
    "--limit",
    "--refunded",
    "--delivered",
    "--note",
    "--by",
    "--port",
    "--database",
    "--schema",
    "--name",
    "--json",
    "--version",
  ];
  for (const word of [...commands, ...options]) expect(out).toContain(word);
  expect(await run(["--version"])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
}, 30_000);

describe("dashboard", () => {
  test("shows the queue on loopback until SIGTERM, and refuses a port in use", async () => {
    const database = await newDatabase(inject("databaseUrl"));
    await seed(database);
    const busy = createServer().listen(0, "127.0.0.1");
    await once(busy, "listening");
    const { port } = busy.address() as { port: number };
    const args = ["dashboard", "--port", String(port)];
    const env = { CODEGAMES_DATABASE: database };
    const refused = await run(args, { env });
    const message = `Cannot start the dashboard: port ${port} is in use; choose another one with --port`;
    expect(refused).toMatchObject({ code: 1, errors: `codegames-retry-queue: ${message}\n` });
    busy.close();
    await once(busy, "close");

    const child = start(args, { env });
    const ended = once(child, "close");
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += chunk));
    const { value: line = "" } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    try {
      expect(line, errors).toContain(`http://127.0.0.1:${port}/queues/hub-status`);
      const paths = ["/", "/queues", "/queues/hub-status", "/queues/hub-unresolved", "/jobs"];
      const pages = await Promise.all(paths.map((path) => fetch(`http://127.0.0.1:${port}${path}`)));
      expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      const [, queues, ...others] = await Promise.all(pages.map((page) => page.text()));
      expect(queues).toContain("hub-status");
      expect(queues).toContain("hub-unresolved");
      const { password } = new URL(database);
      expect(password).not.toBe("");
      const isShown = (line + queues + others.join()).includes(password);
      expect(isShown, "the password is on a page").toBe(false);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await ended).toEqual([0, null]);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    expect(errors).toBe("");
  }, 60_000);

  test("refuses a folder, and says why and what to do", async () => {
    const { code, errors } = await run(["dashboard"]);
    expect(code).toBe(2);
    expect(errors).toMatch(/the dashboard needs a queue in PostgreSQL, .* use list and show while it is stopped/);
  }, 30_000);

  test("says how to install @pg-boss/dashboard when it is missing", async () => {
    const database = await newDatabase(inject("databaseUrl"));
    await (await open(database)).stop();
    const hidden = `import Module from "node:module";
      const find = Module._resolveFilename;
      Module._resolveFilename = (request, ...rest) => {
        if (request.startsWith("@pg-boss/dashboard")) throw new Error("hidden");
        return find(request, ...rest);
      };`;
    const node = [`--import=data:text/javascript,${encodeURIComponent(hidden)}`];
    const { code, errors } = await run(["dashboard", "--database", database], { node });
    expect(code).toBe(1);
    expect(errors).toMatch(/@pg-boss\/dashboard is not installed.*npm install @pg-boss\/dashboard/);
  }, 30_000);
});
