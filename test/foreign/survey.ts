import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ForeignTool, Seen } from "./foreign-tool.ts";
import { startHub } from "./hub.ts";
import { buyers } from "./tools/buyers.ts";
import { collections } from "./tools/collections.ts";
import { documents } from "./tools/documents.ts";
import { pages } from "./tools/pages.ts";
import { NotHere } from "./workshop.ts";

export { NotHere };

/** Every tool, in the order of the table. */
export const tools: readonly ForeignTool[] = [...buyers, ...collections, ...pages, ...documents];

/** What cannot be had from npm and Debian, with the reason. */
export const leftOut: Readonly<Record<string, string>> = {
  nswag: "it runs on .NET, which neither npm nor Debian has",
};

/** A row of the table: the packages with their versions, and what was seen. */
export interface Row {
  versions: Record<string, string>;
  seen: Seen;
}

/** The table on the site. The date is that of the run that wrote it. */
export interface Golden {
  date: string;
  tools: Record<string, Row>;
}

const file = fileURLToPath(new URL("../../tools/docs/content/foreign-tools.json", import.meta.url));

export const readGolden = (): Golden => JSON.parse(readFileSync(file, "utf8")) as Golden;

/** Writes the table, with the tools in their order. */
export function writeGolden({ date, tools: rows }: Golden): void {
  const ordered = tools.flatMap(({ id }) => (rows[id] ? [[id, rows[id]] as const] : []));
  writeFileSync(file, `${JSON.stringify({ date, tools: Object.fromEntries(ordered) }, undefined, 2)}\n`);
}

/** Looks at a tool with a hub of its own. Returns the reason when the tool cannot be had here. */
export async function survey(tool: ForeignTool): Promise<Row | NotHere> {
  const hub = await startHub();
  try {
    return { versions: readVersions(tool), seen: await tool.look(hub) };
  } catch (error) {
    if (error instanceof NotHere) return error;
    throw error;
  } finally {
    await hub.close();
  }
}

/** The pinned versions, from the catalog of the workspace or the tool's own `package.json`. */
function readVersions({ packages }: ForeignTool): Record<string, string> {
  const pinned: Record<string, string> = {};
  for (const name of ["documents", "spectral", "zod-client", "collections", "scalar"]) {
    const text = readFileSync(new URL(`installed/${name}/package.json`, import.meta.url), "utf8");
    Object.assign(pinned, (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies);
  }
  const catalog = readFileSync(new URL("../../pnpm-workspace.yaml", import.meta.url), "utf8");
  for (const [, name = "", version = ""] of catalog.matchAll(/^ {2}"?([^":\s]+)"?: (\d\S*)$/gm)) pinned[name] = version;
  return Object.fromEntries(
    packages.map((name) => {
      const version = pinned[name];
      if (version === undefined) throw new Error(`Nothing pins ${name}`);
      return [name, version];
    }),
  );
}

/** Where a tool takes a repeat or a cancelled pay for a sale. */
export const falseSales = ({ repeat = "", canceled = "" }: Seen): string[] =>
  Object.entries({ repeat, canceled }).flatMap(([step, seen]) =>
    /Succeeded|\bOK\b|answered/.test(seen) ? [`${step} looks sold: ${seen}`] : [],
  );
