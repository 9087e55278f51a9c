import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = new URL("dist/", import.meta.url);
const packages = new URL("../../packages/", import.meta.url);
const names = ["codec", "command-line", "contract", "client", "server", "retry-queue", "sandbox"] as const;

/** The modules of one copy of every package. */
export interface Copy {
  codec: typeof import("@codegames/codec");
  contract: typeof import("@codegames/contract");
  client: typeof import("@codegames/client");
  server: typeof import("@codegames/server");
  "retry-queue": typeof import("@codegames/retry-queue");
  sandbox: typeof import("@codegames/sandbox");
}

/** Copies every built package into a folder of its own, as npm would, and loads it from there. */
export async function loadCopy(name: string): Promise<Copy> {
  const modules = new URL(`${name}/node_modules/@codegames/`, folder);
  rmSync(modules, { recursive: true, force: true });
  const loaded: Record<string, unknown> = {};
  for (const each of names) {
    const target = new URL(`${each}/`, modules);
    mkdirSync(target, { recursive: true });
    for (const part of ["package.json", "dist"]) {
      cpSync(fileURLToPath(new URL(`${each}/${part}`, packages)), fileURLToPath(new URL(part, target)), {
        recursive: true,
      });
    }
  }
  for (const each of names.filter((name) => name !== "command-line")) {
    loaded[each] = await import(
      /* @vite-ignore */ pathToFileURL(fileURLToPath(new URL(`${each}/dist/index.js`, modules))).href
    );
  }
  return loaded as unknown as Copy;
}
