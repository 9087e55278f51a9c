import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";

/** A running dashboard. */
export interface Dashboard {
  url: string;
  /** Resolves with the reason when the dashboard ends by itself. */
  ended: Promise<Error>;
  close(): Promise<void>;
}

/**
 * Starts `@pg-boss/dashboard` on loopback, in a thread: it always ends with this process, and no other process can read
 * its environment, which holds the password.
 */
export async function startDashboard(options: { database: string; schema: string; port: number }): Promise<Dashboard> {
  const server = findServer();
  const { url, password } = withoutPassword(options.database);
  // @pg-boss/dashboard 1.2.1 looks for its files in the current folder.
  process.chdir(dirname(dirname(server)));
  const thread = new Worker(server, {
    env: {
      ...process.env,
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(options.port),
      PGBOSS_SCHEMA: options.schema,
      // A list of NAME=URL, separated by |. It has no password, because the dashboard writes it into every page.
      DATABASE_URL: `${options.schema}=${url.replaceAll("|", "%7C")}`,
      ...(password && { PGPASSWORD: password }),
    },
    stdout: true,
    stderr: true,
  });
  createInterface({ input: thread.stderr }).on("line", (line) => {
    // Indented lines are the stack of the message before.
    if (line !== "" && !/^[\s{}]/.test(line)) console.error(`dashboard: ${line}`);
  });
  const ended = new Promise<Error>((resolve) => {
    thread.once("error", (error: NodeJS.ErrnoException) => {
      const portInUse = `Cannot start the dashboard: port ${options.port} is in use; choose another one with --port`;
      resolve(new Error(error.code === "EADDRINUSE" ? portInUse : `The dashboard failed: ${error.message}`));
    });
    thread.once("exit", (code) => resolve(new Error(`The dashboard ended with exit code ${code}`)));
  });
  const listening = new Promise<undefined>((resolve) => {
    createInterface({ input: thread.stdout }).on("line", (line) => /listening on/.test(line) && resolve(undefined));
  });
  const failure = await Promise.race([listening, ended]);
  if (failure) throw failure;
  return { url: `http://127.0.0.1:${options.port}`, ended, close: () => thread.terminate().then(() => {}) };
}

/** Takes the password out of a URL, from before the host or from the parameters. */
function withoutPassword(database: string): { url: string; password: string } {
  const url = new URL(database);
  const password = url.searchParams.get("password") ?? decodeURIComponent(url.password);
  url.password = "";
  url.searchParams.delete("password");
  return { url: url.href, password };
}

function findServer(): string {
  try {
    return createRequire(import.meta.url).resolve("@pg-boss/dashboard/build/server.js");
  } catch {
    throw new Error(
      "The package @pg-boss/dashboard is not installed. Install it beside this one: npm install @pg-boss/dashboard; " +
        "or without an installation: " +
        "npx --package @codegames/retry-queue --package @pg-boss/dashboard codegames-retry-queue dashboard",
    );
  }
}
