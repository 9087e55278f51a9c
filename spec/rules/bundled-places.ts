import { mapTypeToComponent, unescapePointerFragment, type Location } from "@redocly/openapi-core";
import { componentName } from "./component-name.ts";
import { printJsonPath } from "./json-path.ts";

/** The lists of OpenAPI whose items are objects: under any other name a number is a name, such as a response code. */
const LISTS = ["tags", "servers", "parameters", "oneOf", "anyOf", "allOf", "prefixItems"];

/**
 * Where a place in the contract's files ends up in the bundled document, which is what an overlay addresses.
 *
 * The bundler moves the target of a `$ref` to another file under `components`, and puts it in place of the `$ref`
 * where OpenAPI knows no such component. It cannot be asked: it works asynchronously, and a rule may not.
 */
export class BundledPlaces {
  readonly #rootFile: string;
  readonly #moves: Array<{ from: Location; to: () => string[] }> = [];

  constructor(root: Location) {
    this.#rootFile = root.source.absoluteRef;
  }

  /** Takes note of a `$ref` at `ref` that leads to `target`, an object of the given type of Redocly's. */
  add(ref: Location, target: Location, typeName: string): void {
    if (this.#isRoot(ref) && this.#isRoot(target)) return;
    const section = mapTypeToComponent(typeName, "oas3");
    const to = section ? () => [`#/components/${section}/${componentName(target)}`] : () => this.#pointers(ref);
    this.#moves.push({ from: target, to });
  }

  /** The JSONPaths of the bundled document under which the place is found; more than one if it is used inline twice. */
  of(location: Location): string[] {
    return this.#pointers(location).map((pointer) => printJsonPath(toSegments(pointer)));
  }

  #pointers(location: Location): string[] {
    const pointers = this.#isRoot(location) ? [location.pointer] : [];
    for (const { from, to } of this.#moves) {
      const rest = pathBelow(from, location);
      if (rest !== undefined) pointers.push(...to().map((pointer) => pointer + rest));
    }
    return [...new Set(pointers)];
  }

  #isRoot(location: Location): boolean {
    return location.source.absoluteRef === this.#rootFile;
  }
}

function pathBelow(from: Location, location: Location): string | undefined {
  if (from.source.absoluteRef !== location.source.absoluteRef) return undefined;
  const base = from.pointer.replace(/\/$/, "");
  return `${location.pointer}/`.startsWith(`${base}/`) ? location.pointer.slice(base.length) : undefined;
}

function toSegments(pointer: string): Array<string | number> {
  const names = pointer.slice("#/".length).split("/").map(unescapePointerFragment);
  return names.map((name, index) =>
    /^\d+$/.test(name) && LISTS.includes(names[index - 1] ?? "") ? Number(name) : name,
  );
}
