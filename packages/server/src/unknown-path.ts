import type { Operation } from "@codegames/codec";

/**
 * Tells the operator of a path that is wrong by a prefix only, which is nearly always a forgotten `basePath`, or a
 * proxy that cuts it off. Undefined for any other path.
 */
export function describeNearMiss(
  path: string,
  basePath: string,
  operations: readonly Operation[],
): { operationId: string; detail: string } | undefined {
  const operation = operations.find((each) => path.endsWith(each.path));
  if (!operation) return undefined;
  const prefix = path.slice(0, -operation.path.length);
  const detail = `the path is ${shown(path)}, must be "${basePath}${operation.path}"`;
  return { operationId: operation.id, detail: `${detail}, or basePath ${shown(prefix)}` };
}

/** What the caller wrote, fit for a line of a log. */
const shown = (text: string) => JSON.stringify(text.replace(/[^\x20-\x7e]/g, "?").slice(0, 64));
