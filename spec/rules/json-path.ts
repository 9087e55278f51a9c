// Only the plain paths of RFC 9535: names and indexes, but no wildcards, filters or slices.
const SEGMENT = /\.([\p{L}_][\p{L}\p{N}_]*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/uy;

/**
 * Parses a plain path such as `$.paths['/pay'].post` into names (strings) and indexes (numbers); undefined for any
 * other path.
 */
export function parseJsonPath(path: string): Array<string | number> | undefined {
  if (!path.startsWith("$")) return undefined;
  const segments: Array<string | number> = [];
  SEGMENT.lastIndex = 1;
  while (SEGMENT.lastIndex < path.length) {
    const match = SEGMENT.exec(path);
    if (!match) return undefined;
    const [, shorthand, index, single, double] = match;
    const name = shorthand ?? (single ?? double)?.replace(/\\(.)/g, "$1");
    segments.push(name ?? Number(index));
  }
  return segments;
}

/** Prints a path in one spelling: `.name` where the name allows it, else `['name']`. */
export function printJsonPath(segments: Array<string | number>): string {
  return `$${segments.map(printSegment).join("")}`;
}

function printSegment(segment: string | number): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (/^[A-Za-z_]\w*$/.test(segment)) return `.${segment}`;
  return `['${segment.replace(/['\\]/g, "\\$&")}']`;
}
