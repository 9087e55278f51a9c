import { appendToken } from "@codegames/codec/json-pointer";
import type { ArrayLimits } from "@codegames/codec/schema";
import type { Document } from "../document.ts";
import { quote } from "../refusal.ts";
import { spell } from "../typescript/spell.ts";
import { checkExample } from "./example.ts";
import { annotations, extensions, Place } from "./keywords.ts";
import { type Mark, readMark, refuseDecides, secretOf } from "./mark.ts";
import type { NamedShape, Property, Schema, Shape } from "./model.ts";
import { capitalise } from "./names.ts";
import { assertions, normaliseLiterals, normaliseScalar, readCounts, refuseEmptyRange, typesOf } from "./primitive.ts";
import { disjointByTag, disjointByType } from "./union.ts";

/** The name for an object found here, and its spelling in the printed types; undefined where they cannot spell it. */
interface Owner {
  name: string;
  type: string | undefined;
  /** Whether it is the schema of a property itself. */
  isProperty?: true;
}

const schemasPointer = "/components/schemas";

/** Normalises schemas and collects the shapes that they name. */
export class SchemaNormaliser {
  readonly #document: Document;
  readonly #shapes = new Map<string, NamedShape>();
  /** The schemas of the components so far, by name. */
  readonly #components = new Map<string, Schema>();
  /** Checks that need every object to be known. */
  readonly #postponed: (() => void)[] = [];
  readonly #inlining: string[] = [];
  /** The marks `x-decides: false`, which need every operation to be known. */
  readonly marks: Mark[] = [];

  constructor(document: Document) {
    this.#document = document;
  }

  /**
   * Normalises the schema of a body and returns its name. An inline one gets `name`; `type` is its spelling in the
   * types.
   */
  normaliseBody(place: Place, name: string, type: string): string {
    const component = componentOf(place);
    if (component !== undefined && this.#shapes.has(component)) return component;
    const shapeName = component ?? name;
    const owner = { name: shapeName, type: `types.${shapeName}` };
    const schema = this.#normalise(place, owner);
    if (schema.kind !== "named" || schema.name !== shapeName) {
      if (schema.kind === "secret") throw place.refuse("is a secret alone; put it into an object");
      if (
        schema.kind === "int64" ||
        (schema.kind === "either" && schema.variants.some(({ kind }) => kind === "int64"))
      ) {
        throw place.refuse("is an int64 alone; put it into an object");
      }
      this.#define(owner, place.resolve()).shape = { kind: "other", schema };
    }
    if (component === undefined) this.#shape(name).alias = type;
    return shapeName;
  }

  /** Refuses an example that the schema of its body does not allow, once that schema is known. */
  expectExample(place: Place, name: string): void {
    this.#postponed.push(() => checkExample(place, { kind: "named", name }, (shape) => this.#shape(shape).shape));
  }

  /**
   * Returns the shapes that bodies use, in the order of the document. Refuses variants that overlap. It checks a
   * component that no body uses in the same way, because it has a type too.
   */
  finish(): NamedShape[] {
    const used = [...this.#shapes.values()];
    for (const [name] of this.#schemas.node === undefined ? [] : this.#schemas.children())
      this.#normaliseComponent(name);
    for (const check of this.#postponed) check();
    return used;
  }

  #normalise(place: Place, owner: Owner): Schema {
    if (!owner.isProperty) refuseDecides(place);
    const schema = this.#normaliseOpen(place, owner);
    return readMark(place, "x-secret", false) ? secretOf(place, schema) : schema;
  }

  #normaliseOpen(place: Place, owner: Owner): Schema {
    if (place.node === true) return { kind: "any" };
    if (place.has("$ref")) {
      const extension = extensions.find((name) => name !== "x-decides" && place.has(name));
      if (extension) throw place.child(extension).refuse("belongs into the schema that is referred to");
      place.allowOnly("a reference", ["$ref", ...annotations]);
      const name = componentOf(place);
      if (name !== undefined) return this.#normaliseComponent(name);
      throw place.refuse(`must refer to a schema under #${schemasPointer}, refers to #${place.resolve().pointer}`);
    }
    if (place.has("const") || place.has("enum")) return normaliseLiterals(place);
    if (place.has("oneOf") || place.has("anyOf")) return this.#union(place, owner);
    if (!place.has("type")) {
      place.allowOnly("a schema without a type", annotations);
      return { kind: "any" };
    }
    const types = typesOf(place);
    place.allowOnly(`a schema of type ${types.join(" or ")}`, [
      "type",
      ...types.flatMap((type) => assertions[type] ?? []),
      ...annotations,
    ]);
    return disjointByType(
      place,
      types.map((type) => this.#ofType(place, type, withoutOthers(owner, types))),
    );
  }

  #ofType(place: Place, type: string, owner: Owner): Schema {
    if (type === "object") return this.#object(place, owner);
    if (type !== "array") return normaliseScalar(place, type);
    const item = { name: `${owner.name}Item`, type: owner.type && `NonNullable<${owner.type}[number]>` };
    const items: Schema = place.has("items") ? this.#normalise(place.child("items"), item) : { kind: "any" };
    const limits: ArrayLimits = readCounts(place, ["minItems", "maxItems"]);
    refuseEmptyRange(place, limits.minItems, limits.maxItems);
    return { kind: "array", items, limits };
  }

  /** A component that is an object or a union of objects keeps its name; any other replaces the reference to it. */
  #normaliseComponent(name: string): Schema {
    const known = this.#components.get(name);
    if (known) return known;
    if (this.#shapes.has(name)) return { kind: "named", name };
    const place = this.#schemas.child(name);
    if (this.#inlining.includes(name)) throw place.refuse("contains itself without an object between");
    this.#inlining.push(name);
    const schema = this.#normalise(place, { name, type: `types.${name}` });
    this.#inlining.pop();
    this.#components.set(name, schema);
    return schema;
  }

  #object(place: Place, owner: Owner): Schema {
    const properties = place.has("properties") ? place.child("properties").children() : [];
    if (properties.length === 0 && [undefined, true].includes(place.child("additionalProperties").node as true)) {
      if (place.has("required")) throw place.child("required").refuse("names properties, and there are none");
      return { kind: "freeForm" };
    }
    const shape = this.#define(owner, place);
    const outer = this.#inlining.splice(0);
    const required = place.has("required") ? place.child("required").items() : [];
    for (const name of required) {
      if (!properties.some(([property]) => property === name.node)) {
        throw name.refuse(`names ${quote(name.node)}, which is not among the properties`);
      }
    }
    shape.shape = {
      kind: "object",
      properties: properties.map(([name, property]): Property => {
        if (name in Object.prototype) throw property.refuse(`property ${quote(name)} has a name of Object.prototype`);
        const outcome = property.resolve().child("x-outcome");
        if (name !== "status" && outcome.node !== undefined) {
          throw outcome.refuse(`belongs to a property "status", not to ${quote(name)}`);
        }
        const type = `NonNullable<${shape.type}[${spell(name)}]>`;
        const made: Property = {
          name,
          isOptional: !required.some(({ node }) => node === name),
          role: "decides",
          schema: this.#normalise(property, { name: shape.name + capitalise(name), type, isProperty: true }),
        };
        if (!readMark(property, "x-decides", true)) this.marks.push({ place: property, shape, property: made });
        return made;
      }),
      additional: this.#additional(place.child("additionalProperties"), shape),
    };
    this.#inlining.push(...outer);
    return { kind: "named", name: shape.name };
  }

  #additional(place: Place, owner: Owner): Schema | false | undefined {
    if (place.node === undefined || place.node === false) return place.node;
    return this.#normalise(place, { name: `${owner.name}Value`, type: `NonNullable<${owner.type}[string]>` });
  }

  #union(place: Place, owner: Owner): Schema {
    const keyword = place.has("oneOf") ? "oneOf" : "anyOf";
    const items = place.child(keyword).items();
    const isUnionOfObjects = items.length > 1 && items.every((item) => isObjectSchema(item.resolve(), []));
    const known = isUnionOfObjects ? [keyword, "discriminator"] : [keyword];
    place.allowOnly(`a schema with ${keyword}${isUnionOfObjects ? " of objects" : ""}`, [...known, ...annotations]);
    const shape = isUnionOfObjects ? this.#define(owner, place) : undefined;
    const variants = items.map((item) => {
      const variant = this.#normalise(item, { name: owner.name, type: undefined });
      if (variant.kind === "secret") throw item.refuse("is a secret inside a union, which is not supported");
      return variant;
    });
    if (!shape) return disjointByType(place.child(keyword), variants);
    this.#postponed.push(() => {
      shape.shape = disjointByTag(place, items, variants, (name) => this.#shape(name).shape);
    });
    return { kind: "named", name: shape.name };
  }

  #define({ name, type }: Owner, place: Place): NamedShape {
    if (type === undefined)
      throw place.refuse("is an object inside a union; give it alone a name under components/schemas");
    const component = this.#schemas.child(name);
    const isTaken = component.node !== undefined && component.pointer !== place.pointer;
    if (isTaken || this.#shapes.has(name)) throw place.refuse(`gets the name ${quote(name)}, which another schema has`);
    const unfinished: Shape = { kind: "other", schema: { kind: "any" } };
    const { pointer } = place;
    const shape: NamedShape = { name, type, alias: undefined, shape: unfinished, pointer, hasReceivedView: false };
    this.#shapes.set(name, shape);
    return shape;
  }

  #shape(name: string): NamedShape {
    const shape = this.#shapes.get(name);
    if (!shape) throw new Error(`No shape is named ${quote(name)}`);
    return shape;
  }

  get #schemas(): Place {
    return new Place(this.#document, "", this.#document.root).child("components").child("schemas");
  }
}

/** The name of the component that a schema refers to. */
function componentOf(place: Place): string | undefined {
  const { pointer } = place.resolve();
  if (!place.has("$ref") || !pointer.startsWith(`${schemasPointer}/`)) return undefined;
  const name = pointer.slice(schemasPointer.length + 1);
  return appendToken(schemasPointer, name) === pointer ? name : undefined;
}

function isObjectSchema(place: Place, unions: string[]): boolean {
  if (unions.includes(place.pointer)) throw place.refuse("contains itself without an object between");
  const isVariant = (item: Place) => isObjectSchema(item.resolve(), [...unions, place.pointer]);
  return place.child("type").node === "object" || (place.has("oneOf") && place.child("oneOf").items().every(isVariant));
}

/**
 * The printed types cannot spell an object that is one of several types. The exception is an object or null, where
 * `NonNullable` removes the null, if the type has no name of its own.
 */
function withoutOthers(owner: Owner, types: string[]): Owner {
  const isNullable = types.length === 2 && types.includes("null") && owner.type?.startsWith("NonNullable<");
  return types.length === 1 || isNullable ? owner : { ...owner, type: undefined };
}
