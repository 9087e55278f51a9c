import { mapTypeToComponent, unescapePointerFragment, type Location } from "@redocly/openapi-core";
import { componentName } from "./component-name.ts";
import { printJsonPath } from "./json-path.ts";

/** Members of OpenAPI that are lists of objects. Under any other name a number is a key, such as a response code. */
const LISTS = ["tags", "servers", "parameters", "oneOf", "anyOf", "allOf", "prefixItems"];

/**
 * Finds the place of a text in the bundled document, which an overlay addresses.
 *
 * The bundler moves the target of a `$ref` to another file under `components`, or inlines it where OpenAPI has no such
 * component. A rule cannot run the bundler, because rules are synchronous.
 */
export class BundledPlaces {
  readonly #rootFile: string;
  readonly #moves: Array<{ from: Location; to: () => string[] }> = [];

  constructor(root: Location) {
    this.#rootFile = root.source.absoluteRef;
  }

  /** Records that the `$ref` at `ref` leads to `target`, an object of Redocly's type `typeName`. */
  add(ref: Location, target: Location, typeName: string): void {
    if (this.#isRoot(ref) && this.#isRoot(target)) return;
    const section = mapTypeToComponent(typeName, "oas3");
    const to = section ? () => [`#/components/${section}/${componentName(target)}`] : () => this.#pointers(ref);
    this.#moves.push({ from: target, to });
  }

  /** The JSONPaths of a place in the bundled document; more than one if the bundler inlines it twice. */
  find(location: Location): string[] {
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
