import { appendToken, tokensOf } from "@codegames/codec/json-pointer";
import { type Document, isJsonObject, type Json, type JsonObject } from "../document.ts";
import { quote, Refusal } from "../refusal.ts";

/** The keywords of a schema that inform people and assert nothing. */
export const annotations = [
  "title",
  "description",
  "example",
  "examples",
  "default",
  "deprecated",
  "readOnly",
  "writeOnly",
  "externalDocs",
  "$comment",
  "contentEncoding",
  "contentMediaType",
  "x-secret",
  "x-decides",
];

/** The extensions that the generator reads. Anywhere else they are refused, or they would be lost in silence. */
export const extensions = [
  "x-outcome",
  "x-secret",
  "x-decides",
  "x-echo",
  "x-inquiry",
  "x-status-queue",
  "x-problem-types",
];

/** One place of the document: reads its members, and refuses those that the generator does not know. */
export class Place {
  readonly document: Document;
  readonly pointer: string;
  readonly node: Json | undefined;

  constructor(document: Document, pointer: string, node: Json | undefined) {
    this.document = document;
    this.pointer = pointer;
    this.node = node;
  }

  refuse(reason: string): Refusal {
    return new Refusal(this.pointer, reason, this.document.sourceOf(this.pointer));
  }

  get object(): JsonObject {
    if (!isJsonObject(this.node)) throw this.refuse(`must be an object, is ${quote(this.node)}`);
    return this.node;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.object, name);
  }

  child(name: string | number): Place {
    const { node } = this;
    const members = node as Record<string | number, Json> | undefined;
    const child = typeof node === "object" && node !== null && Object.hasOwn(node, name) ? members?.[name] : undefined;
    return new Place(this.document, appendToken(this.pointer, name), child);
  }

  /** The members by name, in the order of the document. */
  children(): [string, Place][] {
    return Object.keys(this.object).map((name) => [name, this.child(name)]);
  }

  items(): Place[] {
    if (!Array.isArray(this.node)) throw this.refuse(`must be an array, is ${quote(this.node)}`);
    return this.node.map((_, index) => this.child(index));
  }

  string(): string {
    if (typeof this.node !== "string") throw this.refuse(`must be a string, is ${quote(this.node)}`);
    return this.node;
  }

  number(): number {
    if (typeof this.node !== "number") throw this.refuse(`must be a number, is ${quote(this.node)}`);
    return this.node;
  }

  count(): number {
    const { node } = this;
    if (typeof node === "number" && Number.isInteger(node) && node >= 0) return node;
    throw this.refuse(`must be a whole number from 0, is ${quote(node)}`);
  }

  /** The text under a name, or "" when there is none. */
  text(name: string): string {
    return this.has(name) ? this.child(name).string() : "";
  }

  /** Refuses a member that is neither allowed here nor another tool's extension (`x-…`). */
  allowOnly(what: string, allowed: readonly string[]): void {
    for (const [name, place] of this.children()) {
      if (allowed.includes(name) || (name.startsWith("x-") && !extensions.includes(name))) continue;
      const [asserting, hasAnnotations] = [
        allowed.filter((each) => !annotations.includes(each)),
        allowed.includes("$comment"),
      ];
      const list = [...asserting, ...(hasAnnotations ? ["annotations"] : [])].join(", ");
      throw place.refuse(`keyword ${quote(name)} is not supported in ${what}; allowed: ${list}`);
    }
  }

  /** Follows references to their end. The bundler has refused circles of references. */
  resolve(): Place {
    const reference = isJsonObject(this.node) ? this.node["$ref"] : undefined;
    return typeof reference === "string" ? this.#follow(reference).resolve() : this;
  }

  #follow(reference: string): Place {
    if (!reference.startsWith("#/")) throw this.refuse(`reference ${quote(reference)} must point into this document`);
    let place = new Place(this.document, "", this.document.root);
    for (const token of tokensOf(decodeURIComponent(reference.slice(1)))) {
      place = place.child(token);
      if (place.node === undefined) throw this.refuse(`reference ${quote(reference)} points to nothing`);
    }
    return place;
  }
}
