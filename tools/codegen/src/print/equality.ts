import {
  type Contract,
  isExported,
  isOptionalReceived,
  type NamedShape,
  receivedName,
  type Schema,
  type Shape,
} from "../normalise/model.ts";
import { indent, key } from "../typescript/source-file.ts";
import { spell } from "../typescript/spell.ts";

/**
 * Prints the proof, at compile time, that codecs and types agree: the generator's own view of each schema, printed as a
 * type, equals the type that openapi-typescript makes.
 */
export function printEquality({ shapes }: Contract): string {
  return [
    `import type { Secret } from "@codegames/codec";`,
    `import type * as types from "./types.ts";`,
    "",
    "type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;",
    "type Flat<T> = T extends Secret<infer Value>",
    "  ? Secret<Flat<Value>>",
    "  : T extends object",
    "    ? { -readonly [Key in keyof T]: Flat<T[Key]> }",
    "    : T;",
    "",
    "/** Fails to compile when a type and its check differ. */",
    "export type Equalities = [",
    ...shapes.filter(isExported).flatMap((named) => indent(equalitiesOf(named, shapes))),
    "];",
    "",
    "type Proven<T extends true> = T;",
  ].join("\n");
}

function equalitiesOf(named: NamedShape, shapes: Contract["shapes"]): string[] {
  const equality = (type: string, view: View) => `Proven<Equals<Flat<${type}>, Flat<${view.shape(named.shape)}>>>,`;
  const received = `types.${receivedName(named)}`;
  return [
    equality(named.type, new View(shapes, false)),
    ...(named.hasReceivedView ? [equality(received, new View(shapes, true))] : []),
  ];
}

/** Spells shapes and schemas as types: those that a writer must give, or those that a reader of answers returns. */
class View {
  readonly #shapes: Contract["shapes"];
  readonly #isReceived: boolean;

  constructor(shapes: Contract["shapes"], isReceived: boolean) {
    this.#shapes = shapes;
    this.#isReceived = isReceived;
  }

  shape(shape: Shape): string {
    if (shape.kind === "union")
      return shape.variants.map(({ name }) => this.#type({ kind: "named", name })).join(" | ");
    if (shape.kind === "other") return this.#type(shape.schema);
    const properties = shape.properties.map((property) => {
      const isOptional = this.#isReceived ? isOptionalReceived(property) : property.isOptional;
      return `${key(property.name)}${isOptional ? "?" : ""}: ${this.#type(property.schema)};`;
    });
    const known = properties.length > 0 ? [`{ ${properties.join(" ")} }`] : [];
    const others = shape.additional ? [`{ [key: string]: ${this.#type(shape.additional)} }`] : [];
    return [...known, ...others].join(" & ") || "Record<string, never>";
  }

  #type(schema: Schema): string {
    switch (schema.kind) {
      case "any":
        return "unknown";
      case "int64":
        return "bigint";
      case "integer":
        return "number";
      case "literals":
        return schema.values.map((value) => spell(value)).join(" | ");
      case "array":
        return `(${this.#type(schema.items)})[]`;
      case "freeForm":
        return "{ [key: string]: unknown }";
      case "secret":
        return this.#secret(schema.schema);
      case "either":
        return schema.variants.map((variant) => this.#type(variant)).join(" | ");
      case "named": {
        const named = this.#shapes.find(({ name }) => name === schema.name)!;
        if (!isExported(named)) return this.shape(named.shape);
        return `types.${this.#isReceived ? receivedName(named) : named.name}`;
      }
      default:
        return schema.kind;
    }
  }

  /** `null` stays outside: it hides nothing. */
  #secret(schema: Schema): string {
    const parts = schema.kind === "either" ? schema.variants : [schema];
    const values = parts.filter(({ kind }) => kind !== "null").map((part) => this.#type(part));
    return [`Secret<${values.join(" | ")}>`, ...(values.length < parts.length ? ["null"] : [])].join(" | ");
  }
}
