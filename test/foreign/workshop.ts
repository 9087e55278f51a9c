import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** That of the root: hey-api needs an older one, and would get this one if this package depended on it. */
const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

const dist = fileURLToPath(new URL("dist", import.meta.url));

/** A tool that this machine lacks, or a part of it: it is left out, by name and with the reason. */
export class NotHere extends Error {}

/** A folder in which a tool works, below the packages that it may import. */
export class Workshop {
  readonly folder: string;

  /** `packages` is a folder that has `node_modules`; the workspace's packages by default. */
  constructor(tool: string, packages = dist) {
    this.folder = join(packages, "work", tool);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Copies programs of this suite into the folder. */
  copy(...names: string[]): void {
    for (const name of names) copyFileSync(new URL(`programs/${name}`, import.meta.url), this.path(name));
  }

  write(name: string, content: string): void {
    writeFileSync(this.path(name), content);
  }

  /** Runs a command in the folder, or in one below, to its end, and returns its standard output. */
  run(command: string, args: readonly string[], env: Record<string, string> = {}, below = ""): Promise<string> {
    return run(command, args, this.path(below), env);
  }

  /** Runs a JavaScript or TypeScript file on the Node of the tests. */
  node(file: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<string> {
    return this.run(process.execPath, ["--no-warnings", file, ...args], env);
  }

  /** Type-checks the TypeScript of the folder, as a project that a generator's users start with. */
  async compile(...files: string[]): Promise<void> {
    const options = {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: ["node"],
      lib: ["es2024", "dom", "dom.iterable"],
    };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files }));
    this.write("package.json", JSON.stringify({ type: "module" }));
    await this.node(compiler);
  }
}

/** Runs a command to its end. Rejects with all its output when it fails, and with `NotHere` when it is missing. */
function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  const options = { cwd, env: { ...environment, ...env }, timeout: 300_000, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === "ENOENT") return reject(new NotHere(`${command} is not on this machine`));
      const said = `${stdout}${stderr}`.slice(-4000);
      reject(new Error(`${[command, ...args].join(" ")} failed: ${error.code ?? error.signal}\n${said}`));
    });
  });
}

/** Tools that npm starts must not take the tests' own settings for theirs. */
const environment: Record<string, string> = {
  ...(Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|PNPM_|NODE_OPTIONS|VITEST)/.test(name)),
  ) as Record<string, string>),
  PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
};

/**
 * Installs `installed/NAME/package.json` with npm, once for each content of that file, and returns the folder. These
 * packages are too many for the workspace, where every `npm test` would install them.
 */
export async function install(name: string): Promise<string> {
  const manifest = readFileSync(new URL(`installed/${name}/package.json`, import.meta.url), "utf8");
  return prepare(`${name}-${createHash("sha256").update(manifest).digest("hex").slice(0, 12)}`, async (folder) => {
    writeFileSync(join(folder, "package.json"), manifest);
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", args, folder).catch((error: Error) => {
      const wanted = Object.entries((JSON.parse(manifest) as { dependencies: object }).dependencies);
      throw new NotHere(
        `npm has no ${wanted.map(([each, version]) => `${each} ${version}`).join(", ")}: ${error.message.slice(-300)}`,
      );
    });
  });
}

/** The Python of a virtual environment with the packages that pip installs. */
export async function installForPython(...packages: string[]): Promise<string> {
  const folder = await prepare(`python-${packages.join("-")}`, async (made) => {
    await run("python3", ["-m", "venv", made], dist);
    await run(join(made, "bin/python"), ["-m", "pip", "install", "--quiet", "--retries", "1", ...packages], made).catch(
      (error: Error) => {
        throw new NotHere(`pip has no ${packages.join(", ")}: ${error.message.slice(-300)}`);
      },
    );
  });
  return join(folder, "bin/python");
}

/** A folder of `dist` that appears as a whole, when `fill` has ended, and stays. */
async function prepare(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(dist, name);
  const mark = join(folder, "complete");
  if (existsSync(mark)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  writeFileSync(`${mark}.part`, "");
  renameSync(`${mark}.part`, mark);
  return folder;
}
