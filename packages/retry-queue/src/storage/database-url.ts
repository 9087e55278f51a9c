import { resolve } from "node:path";

export const isUrl = (database: string) => /^postgres(ql)?:\/\//.test(database);

/** Names a database for messages: host and database of a URL, without its credentials; or the folder. */
export function placeOf(database: string): string {
  if (!isUrl(database)) return `folder ${resolve(database)}`;
  try {
    const { host, pathname } = new URL(database);
    return `PostgreSQL at ${host || "localhost"}, database ${decodeURIComponent(pathname.slice(1)) || "(default)"}`;
  } catch {
    return "PostgreSQL (the URL cannot be read)";
  }
}
