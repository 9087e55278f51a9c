import type { Document } from "../document.ts";
import { quote, step } from "../refusal.ts";
import { annotations, Place } from "./keywords.ts";
import type { NamedShape, Property, Schema, Shape } from "./model.ts";
import { assertions, normaliseLiterals, normaliseScalar, typesOf } from "./primitive.ts";
import { disjointByTag, disjointByType } from "./union.ts";

/** Names an inline schema would get, and how the printed types spell it. */
interface Owner {
  name: string;
  type: string;
}

const schemasPointer = "/components/schemas";

/** Normalises schemas and collects the shapes that they name. */
export class SchemaNormaliser {
  readonly #document: Document;
  readonly #shapes = new Map<string, NamedShape>();
  /** Unions to tell apart once every object is known. */
  readonly #unions: (() => void)[] = [];
  readonly #inlining: string[] = [];

  constructor(document: Document) {
    this.#document = document;
  }

  /** The schema of a body: its name. An inline one gets `name`, and `type` is how the printed types spell it. */
  normaliseBody(place: Place, name: string, type: string): string {
    const component = componentOf(place);
    if (component !== undefined && this.#shapes.has(component)) return component;
    if (component === undefined && (this.#shapes.has(name) || this.#component(name).node !== undefined)) {
      throw place.refuse(`gets the name ${quote(name)}, which another schema has`);
    }
    const shapeName = component ?? name;
    const owner = { name: shapeName, type: `types.${shapeName}` };
    const schema = this.#normalise(place, owner);
    if (schema.kind !== "named") {
      if (schema.kind === "secret") throw place.refuse("is a secret alone; put it into an object");
      if (schema.kind === "int64" || (schema.kind === "either" && schema.variants.some(({ kind }) => kind === "int64"))) {
        throw place.refuse("is an int64 alone; put it into an object");
      }
      this.#define(owner, place).shape = { kind: "other", schema };
    }
    if (component === undefined) this.#shape(name).alias = type;
    return shapeName;
  }

  /** Every shape, in the order in which the document names them. Refuses variants that overlap. */
  finish(): NamedShape[] {
    for (const tellApart of this.#unions) tellApart();
    return [...this.#shapes.values()];
  }

  #normalise(place: Place, owner: Owner): Schema {
    const schema = this.#normaliseOpen(place, owner);
    return place.child("x-secret").node === true ? secretOf(place, schema) : schema;
  }

  #normaliseOpen(place: Place, owner: Owner): Schema {
    if (place.node === true) return { kind: "any" };
    if (place.has("$ref")) {
      place.allowOnly("a reference", ["$ref", ...annotations]);
      return this.#reference(place);
    }
    if (place.has("const") || place.has("enum")) return normaliseLiterals(place);
    if (place.has("oneOf") || place.has("anyOf")) return this.#union(place, owner);
    if (!place.has("type")) {
      place.allowOnly("a schema without a type", annotations);
      return { kind: "any" };
    }
    const types = typesOf(place);
    place.allowOnly(`a schema of type ${types.join(" or ")}`, [
      "type", ...types.flatMap((type) => assertions[type] ?? []), ...annotations,
    ]);
    return disjointByType(place, types.map((type) => this.#ofType(place, type, owner)));
  }

  #ofType(place: Place, type: string, owner: Owner): Schema {
    if (type === "object") return this.#object(place, owner);
    if (type !== "array") return normaliseScalar(place, type);
    const items = place.has("items")
      ? this.#normalise(place.child("items"), { name: `${owner.name}Item`, type: `${owner.type}[number]` })
      : ({ kind: "any" } as const);
    const schema: Schema = { kind: "array", items };
    if (place.has("minItems")) schema.minItems = place.child("minItems").count();
    if (place.has("maxItems")) schema.maxItems = place.child("maxItems").count();
    return schema;
  }

  /** A component that is an object or a union keeps its name; any other stands where it is referred to. */
  #reference(place: Place): Schema {
    const name = componentOf(place);
    const target = place.resolve();
    if (name === undefined) throw place.refuse(`must refer to a schema under #${schemasPointer}, refers to #${target.pointer}`);
    if (this.#shapes.get(name)) return { kind: "named", name };
    if (this.#inlining.includes(name)) throw target.refuse(`${quote(name)} contains itself without an object between`);
    this.#inlining.push(name);
    const schema = this.#normalise(target, { name, type: `types.${name}` });
    this.#inlining.pop();
    return schema;
  }

  #object(place: Place, owner: Owner): Schema {
    if (!place.has("properties") && [undefined, true].includes(place.child("additionalProperties").node as true)) {
      if (place.has("required")) throw place.child("required").refuse("names properties, and there are none");
      return { kind: "free-form" };
    }
    const shape = this.#define(owner, place);
    const outer = this.#inlining.splice(0);
    const required = place.has("required") ? place.child("required").items() : [];
    const properties = place.has("properties") ? place.child("properties").children() : [];
    for (const name of required) {
      if (!properties.some(([property]) => property === name.node)) {
        throw name.refuse(`names ${quote(name.node)}, which is not among the properties`);
      }
    }
    shape.shape = {
      kind: "object",
      properties: properties.map(([name, property]): Property => {
        if (name in Object.prototype) throw property.refuse(`property ${quote(name)} has a name of Object.prototype`);
        const type = `NonNullable<${owner.type}[${quote(name)}]>`;
        return {
          name,
          required: required.some(({ node }) => node === name),
          schema: this.#normalise(property, { name: owner.name + capitalise(name), type }),
        };
      }),
      additional: this.#additional(place.child("additionalProperties"), owner),
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
    place.allowOnly(`a schema with ${keyword}`, [keyword, ...annotations]);
    const items = place.child(keyword).items();
    const isUnionOfObjects = items.length > 1 && items.every((item) => isObjectSchema(item.resolve()));
    const shape = isUnionOfObjects ? this.#define(owner, place) : undefined;
    const variants = items.map((item, index) => {
      const type = item.resolve().child("type").node;
      if (!item.has("$ref") && (type === "object" || Array.isArray(type))) {
        throw item.refuse("is an object inside a union; give it a name under components/schemas");
      }
      const variant = this.#normalise(item, { name: `${owner.name}${index + 1}`, type: owner.type });
      if (variant.kind === "secret") throw item.refuse("is a secret inside a union, which is not supported");
      return variant;
    });
    if (!shape) return disjointByType(place.child(keyword), variants);
    this.#unions.push(() => {
      shape.shape = disjointByTag(place.child(keyword), variants, (name) => this.#shape(name).shape);
    });
    return { kind: "named", name: shape.name };
  }

  #define(owner: Owner, place: Place): NamedShape {
    if (this.#shapes.has(owner.name)) throw place.refuse(`gets the name ${quote(owner.name)}, which another schema has`);
    const unfinished: Shape = { kind: "other", schema: { kind: "any" } };
    const shape: NamedShape = { ...owner, alias: undefined, shape: unfinished };
    this.#shapes.set(owner.name, shape);
    return shape;
  }

  #shape(name: string): NamedShape {
    const shape = this.#shapes.get(name);
    if (!shape) throw new Error(`No shape is named ${quote(name)}`);
    return shape;
  }

  #component(name: string): Place {
    return new Place(this.#document, "", this.#document.root).child("components").child("schemas").child(name);
  }
}

/** The name of the component to which a schema refers. */
function componentOf(place: Place): string | undefined {
  const { pointer } = place.resolve();
  if (!place.has("$ref") || !pointer.startsWith(`${schemasPointer}/`)) return undefined;
  const name = pointer.slice(schemasPointer.length + 1);
  return step(schemasPointer, name) === pointer ? name : undefined;
}

/** Only what openapi-typescript asks us about before it makes a type of it. */
function secretOf(place: Place, schema: Schema): Schema {
  const parts = schema.kind === "either" ? schema.variants : [schema];
  const isSupported = parts.every(({ kind }) => ["string", "number", "boolean", "null", "free-form"].includes(kind));
  if (isSupported && place.has("type")) return { kind: "secret", schema };
  throw place.child("x-secret").refuse("is not supported here; allowed: beside type string, number, boolean, or object without properties");
}

const isObjectSchema = (place: Place): boolean =>
  place.child("type").node === "object" ||
  (place.has("oneOf") && place.child("oneOf").items().every((item) => isObjectSchema(item.resolve())));

export const capitalise = (name: string) =>
  name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());
