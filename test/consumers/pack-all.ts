import { pnpm } from "../packages/pnpm.ts";

/** The tarball of each published package, by package name. */
export type Tarballs = Record<string, string>;

/** Packs the packages that a release would publish, from their last build. */
export async function packAll(folder: string): Promise<Tarballs> {
  const packed = (await pnpm("--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder)) as {
    name: string;
    filename: string;
  }[];
  return Object.fromEntries(packed.map(({ name, filename }) => [name, filename]));
}
