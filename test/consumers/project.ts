import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isListening } from "@codegames/test-readme/run-code";
import type { Tarballs } from "./pack-all.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies?: Record<string, string>;
  overrides?: Record<string, string>;
}

/** A copy of `projects/NAME` outside the workspace. */
export class Project {
  readonly name: string;
  readonly folder: string;

  constructor(name: string, parent: string) {
    this.name = name;
    this.folder = join(parent, name);
    cpSync(new URL(`projects/${name}/`, import.meta.url), this.folder, { recursive: true });
  }

  /** Installs with npm, as a newcomer does, but takes our packages from the tarballs. */
  async install(tarballs: Tarballs): Promise<void> {
    const file = join(this.folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const ours = Object.fromEntries(Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`]));
    for (const [name, version] of Object.entries(manifest.dependencies))
      manifest.dependencies[name] = ours[name] ?? version;
    // Our packages also need each other, and no registry has them.
    manifest.overrides = ours;
    writeFileSync(file, JSON.stringify(manifest, undefined, 2));
    try {
      await this.run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"]);
    } catch (error) {
      const foreign = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter(([name]) => !ours[name])
        .map(([name, version]) => `${name} ${version}`);
      const needed = [...foreign, "the dependencies of our packages"].join(", ");
      const message = `Cannot install the project ${this.name}: npm needs a registry, or its cache, for ${needed}`;
      throw new Error(message, { cause: error });
    }
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a command to its end and returns its standard output. Rejects with all its output when it fails. */
  run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    const start = performance.now();
    const commandLine = `${this.name}: ${[command, ...args].join(" ")}`;
    return new Promise((resolve, reject) => {
      execFile(
        command,
        args,
        { cwd: this.folder, env: { ...outsideEnv, ...env }, timeout: 120_000 },
        (error, stdout, stderr) => {
          console.log(`${commandLine} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
          if (error) reject(new Error(`${commandLine} failed: ${error.code ?? error.signal}\n${stdout}${stderr}`));
          else resolve(stdout);
        },
      );
    });
  }

  /** Runs a server while `work` runs. */
  async serve<T>(
    port: number,
    command: string,
    args: string[],
    env: Record<string, string>,
    work: () => Promise<T>,
  ): Promise<T> {
    const stop = await this.start(port, command, args, env);
    try {
      return await work();
    } finally {
      await stop();
    }
  }

  /** Starts a server, waits until it listens, and returns a function that stops it. */
  async start(
    port: number,
    command: string,
    args: string[],
    env: Record<string, string> = {},
  ): Promise<() => Promise<void>> {
    const start = performance.now();
    const commandLine = `${this.name}: ${[command, ...args].join(" ")}`;
    const server = spawn(command, args, {
      cwd: this.folder,
      env: { ...outsideEnv, ...env },
      stdio: ["ignore", "ignore", "inherit"],
      timeout: 600_000,
    });
    const closed = once(server, "close");
    const failed = closed.then(([code]) =>
      Promise.reject(new Error(`${commandLine} ended with ${code} before it listened`)),
    );
    failed.catch(() => {});
    while (!(await isListening(port))) await Promise.race([setTimeout(50), failed]);
    console.log(`${commandLine} listens (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return async () => {
      server.kill();
      await closed;
    };
  }
}

/** Variables that pnpm, Vitest and the workspace set. */
const workspaceVariables = /^(npm_(?!config_)|npm_config_local_prefix|PNPM_|INIT_CWD|NODE_ENV|NODE_PATH|VITEST|VITE_)/;

/** The environment of a shell outside the workspace, on the same Node. */
const outsideEnv: Record<string, string> = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !workspaceVariables.test(name)),
) as Record<string, string>;
const commandFolders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.startsWith(root));
outsideEnv["PATH"] = [dirname(process.execPath), ...commandFolders].join(delimiter);
