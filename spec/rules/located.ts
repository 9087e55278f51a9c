import { isRef, type Location, type UserContext } from "@redocly/openapi-core";

export type Node = Record<string, unknown>;

/** A node of the contract with its place: the file and the JSON Pointer that a report shows. */
export interface Located {
  node: Node;
  location: Location;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function locate(node: object, location: Location): Located {
  return { node: node as Node, location };
}

/** The object under `key`, behind its `$ref` if it has one; undefined if it is missing or the `$ref` leads nowhere. */
export function childOf(parent: Located, key: string, ctx: UserContext): Located | undefined {
  return follow(parent.node[key], parent.location.child([key]), ctx);
}

/** The named objects of the map under `key`, each behind its `$ref`. */
export function* entriesOf(parent: Located, key: string, ctx: UserContext): Generator<[string, Located]> {
  const map = childOf(parent, key, ctx);
  for (const name of Object.keys(map?.node ?? {})) {
    const entry = childOf(map!, name, ctx);
    if (entry) yield [name, entry];
  }
}

/** The objects of the list under `key`, each behind its `$ref`. */
export function* itemsOf(parent: Located, key: string, ctx: UserContext): Generator<Located> {
  const list = parent.node[key];
  for (const [index, item] of Array.isArray(list) ? list.entries() : []) {
    const entry = follow(item, parent.location.child([key, index]), ctx);
    if (entry) yield entry;
  }
}

function follow(value: unknown, location: Location, ctx: UserContext): Located | undefined {
  if (!isRef(value)) return isNode(value) ? locate(value, location) : undefined;
  const target = ctx.resolve<Node>(value, location.source.absoluteRef);
  return isNode(target.node) && target.location ? locate(target.node, target.location) : undefined;
}
