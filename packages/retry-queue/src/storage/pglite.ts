import { fsyncSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { fromPglite } from "pg-boss";
import { QueueError } from "../queue-error.ts";
import type { BossDb } from "./db.ts";
import { lockFolder } from "./folder-lock.ts";

/** The layout of the folder. A folder with another number in its file `version` is refused. */
const version = "1";

/**
 * Opens PostgreSQL inside this process, on the files of a folder that no other process can open at the same time. A
 * commit is an fsync.
 */
export async function openPglite(path: string): Promise<{ db: BossDb; close(): Promise<void> }> {
  const folder = resolve(path);
  prepareFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const lite = await PGlite.create({
      fs: new SyncedFs(join(folder, "data")),
      // PGlite turns fsync off (-F), and its default wal_sync_method does nothing in its system call layer: see
      // https://github.com/electric-sql/pglite/issues/1107.
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
    throw foreign(`${folder} cannot be made a folder (${(error as NodeJS.ErrnoException).code})`, error);
  }
  const file = join(folder, "version");
  const found = readVersion(file);
  if (found === version) return;
  if (found !== undefined) {
    throw foreign(`folder ${folder} has layout version ${JSON.stringify(found)}, and this package has ${version}`);
  }
  const [other] = readdirSync(folder).filter((name) => !["lock.db", "holder"].includes(name));
  if (other !== undefined) throw foreign(`folder ${folder} is not empty and not a queue's: it holds ${other}`);
  writeFileSync(file, version);
}

const foreign = (reason: string, cause?: unknown) =>
  new QueueError("foreign-database", `Cannot open the queue: ${reason}`, cause);

function readVersion(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Adds fsync to PGlite's files. Its own layer has none: see https://github.com/electric-sql/pglite/issues/1107. */
class SyncedFs extends NodeFS {
  override async init(...args: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(...args);
    const addFsync = (module: { NODEFS: { stream_ops: Record<string, unknown> } }) => {
      module.NODEFS.stream_ops["fsync"] = (stream: { nfd: number }) => {
        fsyncSync(stream.nfd);
        return 0;
      };
    };
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...((emscriptenOpts.preRun as []) ?? []), addFsync as never] },
    };
  }
}

/** Adds transactions to the adapter of pg-boss: one at a time, because PGlite has one connection. */
export function dbOf(lite: PGlite): BossDb {
  return {
    ...fromPglite(lite),
    beginTransaction: () =>
      new Promise((resolveBegin, rejectBegin) => {
        let end: { commit(): void; rollback(): void };
        const ended = lite.transaction(async (tx) => {
          const work = new Promise<void>((commit, abort) => (end = { commit, rollback: () => abort(rolledBack) }));
          resolveBegin({
            db: {
              async executeSql(text, values) {
                if (values?.length) return tx.query(text, values);
                return { rows: (await tx.exec(text)).flatMap(({ rows }) => rows) };
              },
            },
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
