import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pnpm } from "./pnpm.ts";

/** A package as `pnpm publish` would send it. */
export interface Tarball {
  file: string;
  bytes: number;
  manifest: Manifest;
  /** The text of each file, by path. */
  files: Map<string, string>;
}

export interface Manifest {
  name: string;
  version: string;
  exports: Record<string, string | { types: string; default: string }>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  scripts?: Record<string, string>;
  [field: string]: unknown;
}

/** Packs every package of `packages/` from its last build. */
export async function packAll(folder: string): Promise<Tarball[]> {
  const packed = (await pnpm("--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder)) as {
    name: string;
    filename: string;
    size: number;
    files: { path: string }[];
  }[];
  return packed.map(({ name, filename, size, files }) => {
    const unpacked = join(folder, name);
    mkdirSync(unpacked, { recursive: true });
    execFileSync("tar", ["-xzf", filename, "-C", unpacked]);
    const read = (path: string) => readFileSync(join(unpacked, "package", path), "utf8");
    const texts = new Map(files.map(({ path }) => [path, read(path)]));
    return { file: filename, bytes: size, manifest: JSON.parse(read("package.json")) as Manifest, files: texts };
  });
}

/** The files that `exports` and `bin` name, and all files that those import, types included. */
export function reachedFiles({ manifest, files }: Tarball): string[] {
  const exported = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? target : Object.values(target),
  );
  const targets = [...exported, ...Object.values(manifest.bin ?? {})];
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    if (!/\.(?:js|d\.ts)$/.test(path)) return;
    // A module and its types belong together, whichever of them is imported.
    visit(path.replace(/\.js$/, ".d.ts"));
    visit(path.replace(/\.d\.ts$/, ".js"));
    for (const [, specifier = ""] of (files.get(path) ?? "").matchAll(/\b(?:from|import)\s*\(?"(\.[^"]+)"/g)) {
      visit(join(path, "..", specifier).replace(/(?<!\.d)\.ts$/, ".d.ts"));
    }
  };
  for (const target of targets) visit(join(target));
  return [...reached];
}
