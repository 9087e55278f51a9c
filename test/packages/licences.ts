import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pnpm, root } from "./pnpm.ts";

export const page = `${root}THIRD-PARTY.md`;

export interface Dependency {
  name: string;
  versions: string[];
  licence: string;
}

const permissive = new Set(["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "PostgreSQL", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"]);

/** Of tools alone, which nobody gets with a package: what their licence asks for, and why nothing of it falls to us. */
const explained: Record<string, string> = {
  "axe-core": "MPL-2.0: the test of the docs site runs it unchanged",
  lightningcss: "MPL-2.0: a part of vitest, which runs it unchanged",
};

/** Whether an SPDX expression lets anyone use, change and pass on the code, if they keep its notice. */
export function isPermissive(licence: string): boolean {
  return licence.replace(/^\((.*)\)$/, "$1").split(" OR ").some((choice) => choice.split(" AND ").every((name) => permissive.has(name)));
}

/** Whether it is named above, as itself or as its build for one platform. */
export const isExplained = (name: string): boolean => Object.keys(explained).some((known) => name === known || name.startsWith(`${known}-`));

/** What comes with the published packages when they are installed, or with the whole workspace. */
export async function dependencies(of: "packages" | "workspace"): Promise<Dependency[]> {
  const which = of === "packages" ? ["--filter", "./packages/*", "--prod"] : ["--recursive"];
  const byLicence = (await pnpm(...which, "licenses", "list")) as Record<string, { name: string; versions: string[] }[]>;
  return Object.entries(byLicence)
    .flatMap(([licence, found]) => found.map(({ name, versions }) => ({ name, versions, licence })))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The page about what comes with the packages. */
export async function printPage(): Promise<string> {
  const rows = (await dependencies("packages")).map(({ name, versions, licence }) => `| \`${name}\` | ${versions.join(", ")} | ${licence} |`);
  return `# Third-party code

What npm installs beside the five packages (\`@opentelemetry/api\` only where the application has it), and under which licence; all of them are
permissive. Written by \`node test/packages/licences.ts\` from what is installed: change that, not this page.

| Package | Version | Licence |
|---|---|---|
${rows.join("\n")}

Tools of this repository, which come with no package, are permissive too, but for these:

${Object.entries(explained).map(([name, reason]) => `- \`${name}\`, ${reason}`).join("\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, await printPage());
