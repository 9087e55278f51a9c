import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { newDatabase, startDatabase } from "@codegames/database";
import pg from "pg";
import { readPostgres } from "./postgres-usage.ts";
import { fillQueue } from "./queue-rows.ts";
import type { Measured } from "./queue-worker.ts";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The flag that the README of the queue recommends for this many calls. */
const workerFlags = ["--max-semi-space-size=4"];

/** The worker starts this long before the first check is due. */
const leadMs = 3000;

export interface Load {
  pending: number;
  perSecond: number;
  seconds: number;
}

export interface Loaded extends Measured {
  postgresCpuMs: number;
  walBytes: number;
}

/** Measures one worker that asks a hub over loopback about pending operations, due evenly over their period. */
export async function runLoad({ pending, perSecond, seconds }: Load): Promise<Loaded> {
  const postgres = await startDatabase();
  const hub = spawn(process.execPath, [file("queue-hub.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(hub.stdout, "data");
  const url = await newDatabase(postgres.url);
  // Filling takes a while: nothing is due before its end.
  const firstDueMs = Date.now() + 15_000 + pending / 10;
  await fillQueue(url, { count: pending, firstDueMs, spacingMs: 1000 / perSecond });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const waitMs = firstDueMs - leadMs - Date.now();
  if (waitMs < 0) throw new Error(`The fill of ${pending} operations took ${-waitMs} ms too long`);
  await setTimeout(waitMs);
  const policy = { periodSeconds: pending / perSecond, callsPerSecond: perSecond * 1.5, concurrency: 1000 };
  const before = await readPostgres(client);
  // Strips the types beforehand: in the worker, stripping would count as its memory.
  mkdirSync(file("dist"), { recursive: true });
  writeFileSync(file("dist/queue-worker.mjs"), stripTypeScriptTypes(readFileSync(file("queue-worker.ts"), "utf8")));
  const hubUrl = `http://127.0.0.1:${String(port).trim()}`;
  const args = [url, hubUrl, String(seconds + leadMs / 1000), JSON.stringify(policy)];
  const worker = fork(file("dist/queue-worker.mjs"), args, { execArgv: workerFlags });
  const [measured] = (await once(worker, "message")) as [Measured];
  await once(worker, "exit");
  const after = await readPostgres(client);
  await client.end();
  hub.kill();
  await postgres.stop();
  return { ...measured, postgresCpuMs: after.cpuMs - before.cpuMs, walBytes: after.walBytes - before.walBytes };
}
