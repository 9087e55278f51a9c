import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";

/** A dashboard that answers HTTP. */
export interface Dashboard {
  url: string;
  /** Resolves when it has ended by itself, with the reason. */
  ended: Promise<Error>;
  close(): Promise<void>;
}

/**
 * Starts `@pg-boss/dashboard` on loopback, in a thread: it ends with this process, however that ends, and its environment,
 * where the URL with the password is, is its own.
 */
export async function startDashboard(options: { database: string; schema: string; port: number }): Promise<Dashboard> {
  const server = findServer();
  const { url, password } = withoutPassword(options.database);
  // The server looks for its files in the current folder.
  process.chdir(dirname(dirname(server)));
  const thread = new Worker(server, {
    env: {
      ...process.env, NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(options.port), PGBOSS_SCHEMA: options.schema,
      // It takes a list, parted by |, of NAME=URL, and writes the URL into every page: the password goes another way.
      DATABASE_URL: `${options.schema}=${url.replaceAll("|", "%7C")}`,
      ...(password && { PGPASSWORD: password }),
    },
    stdout: true, stderr: true,
  });
  createInterface({ input: thread.stderr }).on("line", (line) => {
    // Indented is what follows a message: the stack.
    if (line !== "" && !/^[\s{}]/.test(line)) console.error(`dashboard: ${line}`);
  });
  const ended = new Promise<Error>((resolve) => {
    thread.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      resolve(new Error(isTaken ? `Cannot start the dashboard: port ${options.port} is in use; choose another one with --port` : `The dashboard failed: ${error.message}`));
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

/** A password can stand before the host, or among the parameters. */
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
      "The package @pg-boss/dashboard is not installed. Install it beside this one: npm install @pg-boss/dashboard; or without an installation: " +
      "npx --package @codegames/retry-queue --package @pg-boss/dashboard codegames-retry-queue dashboard",
    );
  }
}
