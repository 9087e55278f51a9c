import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Tarballs } from "./pack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies?: Record<string, string>;
  overrides?: Record<string, string>;
}

/** A copy of `projects/NAME` outside the workspace, with everything installed that its package.json names. */
export class Project {
  readonly name: string;
  readonly folder: string;

  constructor(name: string, parent: string) {
    this.name = name;
    this.folder = join(parent, name);
    cpSync(new URL(`projects/${name}/`, import.meta.url), this.folder, { recursive: true });
  }

  /** As a newcomer does it with npm, only that ours come from the tarballs. */
  async install(tarballs: Tarballs): Promise<void> {
    const file = join(this.folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const ours = Object.fromEntries(Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`]));
    for (const name of Object.keys(manifest.dependencies)) manifest.dependencies[name] = ours[name] ?? manifest.dependencies[name]!;
    // What ours need of each other is in no registry either.
    manifest.overrides = ours;
    writeFileSync(file, JSON.stringify(manifest, undefined, 2));
    const foreign = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([name]) => !ours[name]).map(([name, version]) => `${name} ${version}`);
    try {
      await this.run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"]);
    } catch (error) {
      throw new Error(`Cannot install the project ${this.name}: npm needs a registry, or its cache, for ${[...foreign, "what ours depend on"].join(", ")}`, { cause: error });
    }
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a command to its end, gives what it printed, and rejects with that when it fails. */
  run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    const start = performance.now();
    const called = `${this.name}: ${[command, ...args].join(" ")}`;
    return new Promise((resolve, reject) => {
      execFile(command, args, { cwd: this.folder, env: { ...outside, ...env }, timeout: 120_000 }, (error, stdout, stderr) => {
        console.log(`${called} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
        if (error) reject(new Error(`${called} failed: ${error.code ?? error.signal}\n${stdout}${stderr}`));
        else resolve(stdout);
      });
    });
  }

  /** Has a server running while the work is done. */
  async serve<T>(port: number, command: string, args: string[], env: Record<string, string>, work: () => Promise<T>): Promise<T> {
    const stop = await this.start(port, command, args, env);
    try {
      return await work();
    } finally {
      await stop();
    }
  }

  /** Starts a server, waits until it listens, and gives what ends it. */
  async start(port: number, command: string, args: string[], env: Record<string, string> = {}): Promise<() => Promise<void>> {
    const start = performance.now();
    const called = `${this.name}: ${[command, ...args].join(" ")}`;
    const server = spawn(command, args, { cwd: this.folder, env: { ...outside, ...env }, stdio: ["ignore", "ignore", "inherit"], timeout: 600_000 });
    const closed = once(server, "close");
    const failed = closed.then(([code]) => Promise.reject(new Error(`${called} ended with ${code} before it listened`)));
    failed.catch(() => {});
    while (!(await isListening(port))) await Promise.race([setTimeout(50), failed]);
    console.log(`${called} listens (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return async () => {
      server.kill();
      await closed;
    };
  }
}

/** The environment of a shell outside the workspace, on the same Node: nothing of pnpm, of Vitest and of the workspace's commands. */
const outside: Record<string, string> = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|npm_config_local_prefix|PNPM_|INIT_CWD|NODE_ENV|NODE_PATH|VITEST|VITE_)/.test(name)),
) as Record<string, string>;
const commands = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.startsWith(root));
outside["PATH"] = [dirname(process.execPath), ...commands].join(delimiter);

async function isListening(port: number): Promise<boolean> {
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
