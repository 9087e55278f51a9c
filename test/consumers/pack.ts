import { pnpm } from "../packages/pnpm.ts";

/** The tarball of each package that is published, by the name of the package. */
export type Tarballs = Record<string, string>;

/** Packs what a release would publish, as it was built last. */
export async function pack(folder: string): Promise<Tarballs> {
  const packed = (await pnpm("--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder)) as { name: string; filename: string }[];
  return Object.fromEntries(packed.map(({ name, filename }) => [name, filename]));
}
