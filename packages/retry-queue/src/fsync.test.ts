import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// A process of its own, as system calls are counted by process. It writes a mark of each acknowledgement in a place of its
// own, so that the marks and the calls are in one order.
const index = new URL("index.ts", import.meta.url).href;
const intents = 25;
const child = `
import { writeSync, openSync } from "node:fs";
import { openRetryQueue } from ${JSON.stringify(index)};
const [folder, marks, way] = process.argv.slice(2);
const file = openSync(marks, "a");
const mark = (text) => writeSync(file, text + "\\n");
const pays = [];
const client = { pay: async () => { mark("sent"); return new Promise(() => {}); }, status: async () => { throw new Error("nobody asks"); } };
const queue = await openRetryQueue({ client, database: folder, onSettled() {} });
const order = { product_id: 1, price: 1, txn_id: "" };
// A warm-up: the first writes to a table enlarge its files.
for (let count = 0; count < 5; count++) await queue.watch({ txn_id: "warm-" + count });
mark("begin");
for (let count = 0; count < ${intents}; count++) {
  if (way === "watch") await queue.watch({ txn_id: "T-" + count }), mark("acknowledged");
  else await new Promise((resolve) => { client.pay = async () => { mark("acknowledged"); resolve(); return new Promise(() => {}); }; void queue.pay({ ...order, txn_id: "T-" + count }); });
}
mark("end");
process.exit();
`;

const hasStrace = spawnSync("strace", ["-o", "/dev/null", process.execPath, "--version"]).status === 0;

describe.each(hasStrace ? ["strace", "an instrumented file system"] : ["an instrumented file system"])("counted by %s", (counter) => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "codegames-fsync-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(["pay", "watch"])("%s() costs one fsync, before it is acknowledged", (way) => {
    expect(eventsOf(way)).toEqual(Array.from({ length: intents }, () => ["fsync", "acknowledged"]).flat());
  }, 120_000);

  /** Syncs and acknowledgements after the warm-up, in their order. */
  function eventsOf(way: string): string[] {
    const script = join(folder, `${way}.mjs`);
    const marks = join(folder, `${way}.marks`);
    writeFileSync(script, child);
    const args = [script, join(folder, way), marks, way];
    if (counter === "strace") {
      const log = join(folder, `${way}.strace`);
      execFileSync("strace", ["-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-s", "32", "-o", log, process.execPath, ...args], { stdio: "pipe" });
      return eventsIn(readFileSync(log, "utf8").split("\n").flatMap((line) =>
        /\b(fsync|fdatasync)\(/.test(line) ? ["fsync"] : (/write\(\d+, "(begin|acknowledged|end)\\n"/.exec(line)?.slice(1) ?? []),
      ));
    }
    const wrap = join(folder, "wrap.mjs");
    writeFileSync(wrap, `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      for (const name of ["fsyncSync", "fdatasyncSync"]) {
        const call = fs[name];
        fs[name] = (...args) => { call(...args); fs.appendFileSync(${JSON.stringify(marks)}, "fsync\\n"); };
      }
      syncBuiltinESMExports();
    `);
    execFileSync(process.execPath, ["--import", wrap, ...args], { stdio: "pipe" });
    return eventsIn(readFileSync(marks, "utf8").split("\n"));
  }
});

function eventsIn(lines: string[]): string[] {
  const [begin, end] = [lines.indexOf("begin"), lines.indexOf("end")];
  if (begin < 0 || end < 0) throw new Error(`The child has not run to its end: ${lines.slice(0, 20).join()}`);
  return lines.slice(begin + 1, end);
}
