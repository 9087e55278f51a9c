import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

/** What a PostgreSQL server has used up so far. */
export interface PostgresUsage {
  cpuMs: number;
  walBytes: number;
  /** Of `walBytes`: whole pages, written when a page is changed for the first time after a checkpoint. */
  fullPageImages: number;
}

/** Reads what the server of a connection has used up. */
export async function readPostgres(client: pg.Client | pg.Pool): Promise<PostgresUsage> {
  const {
    rows: [{ pid, bytes, images }],
  } = await client.query(`
    SELECT pg_backend_pid() AS pid, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes,
      (SELECT wal_fpi::float8 FROM pg_stat_wal) AS images`);
  return { cpuMs: cpuOf(pid), walBytes: bytes, fullPageImages: images };
}

/** Reads the CPU time of the server of a backend, with all of its processes; NaN where the system is not Linux. */
function cpuOf(backend: number): number {
  if (process.platform !== "linux") return Number.NaN;
  // Fields from the third on: the second is a name, and can hold spaces.
  const stat = (pid: string | number) =>
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  const server = stat(backend)[1] ?? "";
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = stat(pid);
      // The last two fields of the server are the CPU time of its ended children.
      if (pid === server) for (const field of fields.slice(11, 15)) ticks += Number(field);
      else if (fields[1] === server) for (const field of fields.slice(11, 13)) ticks += Number(field);
    } catch {
      // The process has ended meanwhile.
    }
  }
  return ticks * 10;
}
