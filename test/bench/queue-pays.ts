import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newDatabase, startDatabase } from "@codegames/database";
import pg from "pg";
import { readPostgres } from "./postgres-usage.ts";
import { median } from "./print.ts";
import type { Bought, Task } from "./queue-pays-merchant.ts";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Merchant {
  readonly name: string;
  readonly processes: readonly ChildProcess[];
}

interface Measured extends Bought {
  postgresCpuMs: number;
}

/** Measures purchases through the queue beside a merchant written by hand, on one PostgreSQL and one hub, in turns. */
export async function comparePays(rounds: number): Promise<void> {
  const postgres = await startDatabase();
  const folder = mkdtempSync(join(tmpdir(), "codegames-pays-"));
  const hub = spawn(process.execPath, [file("queue-pays-hub.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(hub.stdout, "data");
  const hubUrl = `http://127.0.0.1:${String(port).trim()}`;
  const url = await newDatabase(postgres.url);
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const start = (name: string, way: string, database: string, count = 1) =>
    startMerchant(name, way, database, hubUrl, count);
  console.log(`\na bare commit of one row: ${(await bareCommitMs(pool)).toFixed(2)} ms`);
  const byHand = await start("by hand", "by-hand", url);
  const queue = await start("the queue", "queue", url);
  const merchants = [byHand, queue];
  const show = (title: string, task: Task, others = merchants) => compare(pool, title, task, others, rounds);
  await show("50 at once (bar: pays/s at least 1.2 ×)", { pays: 2500, atOnce: 50 });
  await show("400 at once (bar: pays/s at least 1.8 ×)", { pays: 4000, atOnce: 400 });
  await show("one at a time (bar: p50 at most 1.7 ×)", { pays: 200, atOnce: 1 });
  const slow = { pays: 2500, atOnce: 50, slowOneIn: 100 };
  await show("50 at once, the books of 1 in 100 take 2 s (bar: p99 of the others at most 100 ms more)", slow, [queue]);
  const two = await start("two processes", "queue", url, 2);
  await show("CPU of one process and of two (bar: within 15 %)", { pays: 2500, atOnce: 50 }, [queue, two]);
  const onFolder = await start("the queue on a folder", "queue", join(folder, "queue"));
  await show("a folder, 50 at once (bar: at least 1,000 pays/s)", { pays: 2500, atOnce: 50 }, [onFolder]);
  for (const { processes } of [byHand, queue, two, onFolder]) for (const each of processes) each.disconnect();
  hub.kill();
  await pool.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function bareCommitMs(pool: pg.Pool): Promise<number> {
  await pool.query("CREATE TABLE bare (id int)");
  const times: number[] = [];
  for (let id = 0; id < 300; id++) {
    const startedAt = performance.now();
    await pool.query("INSERT INTO bare VALUES ($1)", [id]);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

async function startMerchant(
  name: string,
  way: string,
  database: string,
  hub: string,
  count: number,
): Promise<Merchant> {
  const processes: ChildProcess[] = [];
  for (let index = 0; index < count; index++) {
    const child = fork(file("queue-pays-merchant.ts"), [way, database, hub]);
    child.once("exit", (code) => {
      if (code) throw new Error(`${name} ended with exit code ${code}`);
    });
    await once(child, "message");
    processes.push(child);
  }
  return { name, processes };
}

/** Lets the processes of a merchant share a task. */
async function buy(pool: pg.Pool, { processes }: Merchant, task: Task): Promise<Measured> {
  const before = await readPostgres(pool);
  const share = { ...task, pays: task.pays / processes.length, atOnce: task.atOnce / processes.length };
  const bought = await Promise.all(
    processes.map(async (child) => {
      child.send(share);
      const [result] = (await once(child, "message")) as [Bought];
      return result;
    }),
  );
  const sum = (read: (each: Bought) => number) => bought.reduce((total, each) => total + read(each), 0);
  const worst = (read: (each: Bought) => number) => Math.max(...bought.map(read));
  return {
    perSecond: sum(({ perSecond }) => perSecond),
    p50: worst(({ p50 }) => p50),
    p99: worst(({ p99 }) => p99),
    cpuMs: sum(({ cpuMs }) => cpuMs),
    rssMb: worst(({ rssMb }) => rssMb),
    postgresCpuMs: (await readPostgres(pool)).cpuMs - before.cpuMs,
  };
}

async function compare(
  pool: pg.Pool,
  title: string,
  task: Task,
  merchants: readonly Merchant[],
  rounds: number,
): Promise<void> {
  const runs = merchants.map((): Measured[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, merchant] of merchants.entries()) {
      const measured = await buy(pool, merchant, task);
      // The first round warms up.
      if (round > 0) runs[index]?.push(measured);
    }
  }
  console.log(`\npurchases, ${title}`);
  console.log(
    `  ${"".padEnd(22)}   pays/s          p50 (ms)       p99 (ms)   CPU, PostgreSQL's (ms/pay)   memory (MB)`,
  );
  const of = (index: number, read: (each: Measured) => number) => median(runs[index]!.map(read));
  for (const [index, { name }] of merchants.entries()) {
    const ratio = (read: (each: Measured) => number) => `${(of(index, read) / of(0, read)).toFixed(2)} ×`.padStart(7);
    const cpu = [of(index, ({ cpuMs }) => cpuMs), of(index, (each) => each.postgresCpuMs)];
    const cells = [
      name.padEnd(22),
      `${of(index, ({ perSecond }) => perSecond)
        .toFixed(0)
        .padStart(6)} ${ratio(({ perSecond }) => perSecond)}`,
      `${of(index, ({ p50 }) => p50)
        .toFixed(1)
        .padStart(7)} ${ratio(({ p50 }) => p50)}`,
      of(index, ({ p99 }) => p99)
        .toFixed(1)
        .padStart(8),
      cpu
        .map((value) => (value / task.pays).toFixed(2))
        .join(", ")
        .padStart(26),
      of(index, ({ rssMb }) => rssMb)
        .toFixed(0)
        .padStart(11),
    ];
    console.log(`  ${cells.join("  ")}`);
  }
}
