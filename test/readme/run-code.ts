import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { root } from "./root.ts";

export interface RunOptions {
  env: Record<string, string>;
  /** @default the current folder */
  cwd?: string;
}

/** Writes modules into an empty folder `dist/NAME`, and returns its path. */
export function writeModules(name: string, modules: ReadonlyMap<string, string>): string {
  const folder = fileURLToPath(new URL(`dist/${name}/`, import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, code] of modules) writeFileSync(join(folder, file), code);
  return folder;
}

/** Type-checks the modules of a folder as strictly as the sources. Returns the errors of the compiler. */
export function typeCheck(folder: string): string {
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { noUnusedLocals: false },
    include: ["."],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  return spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" }).stdout;
}

/** Runs a file to its end and returns its standard output. Rejects with all output when the exit code is not 0. */
export function runToEnd(file: string, { env, cwd }: RunOptions): Promise<string> {
  const options = { env: { ...process.env, ...env }, cwd, timeout: 55_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new Error(`Cannot run ${file}: ended with ${error.code ?? error.signal}\n${stdout}${stderr}`));
    });
  });
}

/**
 * Runs a file as a server: waits until it is ready, does the work, and ends it. Rejects when it is not ready within 20
 * s.
 */
export async function withServer<T>(
  file: string,
  { env, cwd }: RunOptions,
  isReady: () => Promise<boolean>,
  work: () => Promise<T>,
): Promise<T> {
  const server = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(server, "close");
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  try {
    for (const giveUpMs = performance.now() + 20_000; !(await isReady());) {
      if (server.exitCode !== null)
        throw new Error(`${file} ended with ${server.exitCode} before it was ready\n${output}`);
      if (performance.now() > giveUpMs) throw new Error(`${file} was not ready within 20 s\n${output}`);
      await setTimeout(50);
    }
    return await work();
  } finally {
    server.kill();
    await closed;
  }
}

/** Whether a server listens on a port of loopback. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
