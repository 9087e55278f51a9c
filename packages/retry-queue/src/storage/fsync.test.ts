import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// A child process, because system calls are counted per process. It writes each acknowledgement as a mark into a file,
// so that marks and calls have one order.
const index = new URL("../index.ts", import.meta.url).href;
const intents = 25;
const child = `
import { writeSync, openSync } from "node:fs";
import { openRetryQueue } from ${JSON.stringify(index)};
const [folder, marks, method] = process.argv.slice(2);
const file = openSync(marks, "a");
const mark = (text) => writeSync(file, text + "\\n");
const client = {
  pay: async () => { mark("sent"); return new Promise(() => {}); },
  status: async () => { throw new Error("no status call is due"); },
};
const queue = await openRetryQueue({ client, database: folder, onSettled() {} });
const order = { product_id: 1, price: 1, txn_id: "" };
// A warm-up: the first writes to a table enlarge its files.
for (let count = 0; count < 5; count++) await queue.watch({ txn_id: "warm-" + count });
mark("begin");
for (let count = 0; count < ${intents}; count++) {
  const txn_id = "T-" + count;
  if (method === "watch") {
    await queue.watch({ txn_id });
    mark("acknowledged");
  } else await new Promise((resolve) => {
    client.pay = async () => { mark("acknowledged"); resolve(); return new Promise(() => {}); };
    void queue.pay({ ...order, txn_id });
  });
}
mark("end");
process.exit();
`;

const hasStrace = spawnSync("strace", ["-o", "/dev/null", process.execPath, "--version"]).status === 0;

const counters = [...(hasStrace ? ["strace"] : []), "an instrumented file system"];

describe.each(counters)("counted by %s", (counter) => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "codegames-fsync-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(["pay", "watch"])(
    "%s() costs one fsync, before it is acknowledged",
    (method) => {
      expect(eventsOf(method)).toEqual(Array.from({ length: intents }, () => ["fsync", "acknowledged"]).flat());
    },
    120_000,
  );

  /** Runs the child, and returns syncs and acknowledgements after the warm-up, in their order. */
  function eventsOf(method: string): string[] {
    const script = join(folder, `${method}.mjs`);
    const marks = join(folder, `${method}.marks`);
    writeFileSync(script, child);
    const args = [script, join(folder, method), marks, method];
    if (counter === "strace") {
      const log = join(folder, `${method}.strace`);
      const options = ["-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-s", "32", "-o", log];
      execFileSync("strace", [...options, process.execPath, ...args], { stdio: "pipe" });
      return eventsIn(
        readFileSync(log, "utf8")
          .split("\n")
          .flatMap((line) => {
            if (/\b(fsync|fdatasync)\(/.test(line)) return ["fsync"];
            return /write\(\d+, "(begin|acknowledged|end)\\n"/.exec(line)?.slice(1) ?? [];
          }),
      );
    }
    const wrap = join(folder, "wrap.mjs");
    writeFileSync(
      wrap,
      `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      for (const name of ["fsyncSync", "fdatasyncSync"]) {
        const call = fs[name];
        fs[name] = (...args) => { call(...args); fs.appendFileSync(${JSON.stringify(marks)}, "fsync\\n"); };
      }
      syncBuiltinESMExports();
    `,
    );
    execFileSync(process.execPath, ["--import", wrap, ...args], { stdio: "pipe" });
    return eventsIn(readFileSync(marks, "utf8").split("\n"));
  }
});

function eventsIn(lines: string[]): string[] {
  const [begin, end] = [lines.indexOf("begin"), lines.indexOf("end")];
  if (begin < 0 || end < 0) throw new Error(`The child did not run to its end: ${lines.slice(0, 20).join()}`);
  return lines.slice(begin + 1, end);
}
