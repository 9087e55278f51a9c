import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("src/storage/migrations/", import.meta.url);
const printed = new URL("src/gen/migrations.ts", import.meta.url);

/** Prints the SQL files of the migrations as a module, so that a bundler cannot lose them. */
export function printMigrations(files: ReadonlyMap<string, string>): string {
  const names = [...files.keys()].toSorted();
  const entries = names.map((name, index) => {
    const version = Number(/^(\d{4})_[a-z_]+\.sql$/.exec(name)?.[1]);
    if (version !== index + 1) throw new Error(`${name} must be named ${String(index + 1).padStart(4, "0")}_….sql`);
    const statements = statementsOf(files.get(name) ?? "").map((sql) => `${literalOf(sql)},\n`);
    return `{\nversion: ${version},\nfile: "${name}",\nstatements: [\n${statements.join("")}],\n},\n`;
  });
  return `// Printed by print-migrations.ts from src/storage/migrations. Do not edit: change the SQL files and build.

/** The statements of every version of the tables, in order; \`:schema\` stands for the schema of the queue. */
export const migrations = [
${entries.join("")}];
`;
}

/** Splits SQL at the semicolons that end a line, and leaves comments out. */
function statementsOf(sql: string): string[] {
  const withoutComments = sql.replaceAll(/^--.*\n/gm, "");
  const parts = withoutComments.split(/;[ \t]*(?:\n|$)/).map((part) => part.trim());
  const rest = parts.pop();
  if (rest) throw new Error(`A statement must end with a semicolon: ${rest}`);
  return parts;
}

const literalOf = (sql: string) => `\`${sql.replaceAll(/[`\\]|\$\{/g, "\\$&")}\``;

/** Reads the SQL files of the migrations, by name. */
export function readMigrations(): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return new Map(names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(printed, printMigrations(readMigrations()));
