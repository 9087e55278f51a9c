import type { CallName } from "./calls.ts";

/** What a database does with whoever meets a row that an open database transaction of `settleWithin` has locked. */
export interface Dialect {
  readonly name: string;
  /** The calls that wait until it ends. The others answer at once, as those who lost the row. */
  readonly waits: ReadonlySet<CallName>;
  /** Whether the transaction of a crashed process stays open until the database notices. */
  readonly keepsVanished: boolean;
}

/** Each statement is atomic, and skips a locked row; only a second `settleWithin` waits. */
export const postgres: Dialect = { name: "PostgreSQL", waits: new Set(["settleWithin"]), keepsVanished: true };

/** One writer at a time. */
export const sqlite: Dialect = {
  name: "SQLite",
  waits: new Set(["insertIfNew", "lease", "settle", "settleWithin"]),
  keepsVanished: false,
};

export const keyOfDialect = ({ waits, keepsVanished }: Dialect): string =>
  [...[...waits].sort(), keepsVanished].join(" ");
