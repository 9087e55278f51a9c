import { fsyncSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { fromPglite } from "pg-boss";
import type { BossDb } from "./boss.ts";
import { lockFolder } from "./folder-lock.ts";
import { QueueError } from "./queue-error.ts";

/** The layout of the folder. A folder with another number in its file `version` is not opened. */
const version = "1";

/** PostgreSQL inside this process, on files of this folder, which no other process can open meanwhile. Durable: a commit is an fsync. */
export async function openEmbedded(path: string): Promise<{ db: BossDb; close(): Promise<void> }> {
  const folder = resolve(path);
  prepareFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const lite = await PGlite.create({
      fs: new SyncedFs(join(folder, "data")),
      // PGlite turns fsync off (-F), and picks a method of syncing that its system call layer leaves out.
      startParams: [...PGlite.defaultStartParams.filter((param) => param !== "-F"), "-c", "wal_sync_method=fsync"],
    });
    return { db: dbOf(lite), close: () => lite.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Leaves a folder alone that is neither new nor of this version. */
function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new QueueError("foreign-database", `Cannot open the queue: ${folder} cannot be made a folder (${(error as NodeJS.ErrnoException).code})`, error);
  }
  const file = join(folder, "version");
  const found = readVersion(file);
  if (found === version) return;
  if (found !== undefined) throw new QueueError("foreign-database", `Cannot open the queue: folder ${folder} has layout version ${JSON.stringify(found)}, and this package has ${version}`);
  const [other] = readdirSync(folder).filter((name) => !["lock.db", "holder"].includes(name));
  if (other !== undefined) throw new QueueError("foreign-database", `Cannot open the queue: folder ${folder} is not empty and not a queue's: it holds ${other}`);
  writeFileSync(file, version);
}

function readVersion(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The files of PGlite, whose own layer has no fsync: this one hands it on to the operating system. */
class SyncedFs extends NodeFS {
  override async init(...args: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(...args);
    const handOn = (module: { NODEFS: { stream_ops: Record<string, unknown> } }) => {
      module.NODEFS.stream_ops["fsync"] = (stream: { nfd: number }) => {
        fsyncSync(stream.nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun as [] ?? []), handOn as never] } };
  }
}

/** The adapter of pg-boss, and transactions on top: one at a time, as there is one connection. */
export function dbOf(lite: PGlite): BossDb {
  return {
    ...fromPglite(lite),
    beginTransaction: () =>
      new Promise((resolveBegin, rejectBegin) => {
        let end: { commit(): void; rollback(): void };
        const ended = lite.transaction(async (tx) => {
          const work = new Promise<void>((commit, abort) => (end = { commit, rollback: () => abort(rolledBack) }));
          resolveBegin({
            db: { executeSql: async (text, values) => (values?.length ? tx.query(text, values as unknown[]) : { rows: (await tx.exec(text)).flatMap(({ rows }) => rows) }) },
            commit: () => (end.commit(), ended),
            rollback: () => (end.rollback(), ended.catch(() => {})),
          });
          await work;
        });
        ended.catch(rejectBegin);
      }),
  };
}

const rolledBack = new Error("rolled back");
