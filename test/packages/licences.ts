import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pnpm, root } from "./pnpm.ts";

export const page = `${root}THIRD-PARTY.md`;

export interface Dependency {
  name: string;
  versions: string[];
  licence: string;
}

const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "PostgreSQL",
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);

/** Licences of tools, which no package ships, and why their terms do not bind us. */
const explained: Record<string, string> = {
  "axe-core": "MPL-2.0: the test of the docs site runs it unchanged",
  lightningcss: "MPL-2.0: a part of vitest, which runs it unchanged",
};

/** Whether an SPDX expression lets everybody use, change and share the code, on condition that its notice is kept. */
export function isPermissive(licence: string): boolean {
  const choices = licence.replace(/^\((.*)\)$/, "$1").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((name) => permissive.has(name)));
}

/** Whether `explained` names the package, or the package that it is a platform build of. */
export const isExplained = (name: string): boolean =>
  Object.keys(explained).some((known) => name === known || name.startsWith(`${known}-`));

/** The dependencies that come with the published packages, or with the whole workspace. */
export async function dependencies(of: "packages" | "workspace"): Promise<Dependency[]> {
  const which = of === "packages" ? ["--filter", "./packages/*", "--prod"] : ["--recursive"];
  const byLicence = (await pnpm(...which, "licenses", "list")) as Record<
    string,
    { name: string; versions: string[] }[]
  >;
  return Object.entries(byLicence)
    .flatMap(([licence, found]) => found.map(({ name, versions }) => ({ name, versions, licence })))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The page THIRD-PARTY.md, as oxfmt formats it. */
export async function printPage(): Promise<string> {
  const found = await dependencies("packages");
  const rows = found.map(({ name, versions, licence }) => [`\`${name}\``, versions.join(", "), licence]);
  return `# Third-party code

npm installs these packages beside our five, all under permissive licences. \`@opentelemetry/api\` comes only with an
application that already has it. \`npx pnpm exec node test/packages/licences.ts\` writes this page from the installed
packages.

${printTable(["Package", "Version", "Licence"], rows)}

The tools of this repository, which no package ships, are permissive too, except for these:

${Object.entries(explained)
  .map(([name, reason]) => `- \`${name}\`, ${reason}`)
  .join("\n")}
`;
}

/** A Markdown table with aligned columns. */
function printTable(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(({ length }) => length)),
  );
  const printRow = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [printRow(head), printRow(widths.map((width) => "-".repeat(width))), ...rows.map(printRow)].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, await printPage());
