import type { OutcomeClass } from "../../static/operation.ts";
import type { Json } from "../document.ts";

/** The part of JSON Schema (2020-12) that the generator prints, without references to resolve and keywords to combine. */
export type Schema =
  | { kind: "any" }
  | { kind: "null" }
  | { kind: "boolean" }
  | { kind: "string"; minLength?: number; maxLength?: number; pattern?: string }
  | { kind: "number"; integer: boolean; bounds: Bound[] }
  | { kind: "int64"; min: bigint; max: bigint }
  | { kind: "literals"; values: Literal[] }
  | { kind: "array"; items: Schema; minItems?: number; maxItems?: number }
  /** An object about whose members the contract says nothing. */
  | { kind: "free-form" }
  /** One of several schemas of different JSON types. */
  | { kind: "either"; variants: Schema[] }
  /** An object or a union that has a schema of its own. */
  | { kind: "named"; name: string }
  /** A value that is not shown (`x-secret`). */
  | { kind: "secret"; schema: Schema };

export type Literal = string | number | boolean | null;

export interface Bound {
  operator: ">=" | ">" | "<=" | "<";
  limit: number;
}

/** What gets a schema of its own. */
export type Shape =
  | { kind: "object"; properties: Property[]; additional: Schema | false | undefined }
  /** Objects told apart by the literals of one required property. */
  | { kind: "union"; tag: string; variants: { name: string; values: Literal[] }[] }
  /** A schema that is neither, as the body of a request or an answer. */
  | { kind: "other"; schema: Schema };

export interface Property {
  name: string;
  required: boolean;
  schema: Schema;
}

export interface NamedShape {
  name: string;
  shape: Shape;
  /** How the printed code spells its type: `types.Order`, or for a schema inside another `NonNullable<types.Order["line"]>`. */
  type: string;
  /** What the name stands for, when it is not a name of `components/schemas`. */
  alias: string | undefined;
}

/** Whether the printed types export the shape under its name. */
export const isExported = ({ name, type }: NamedShape) => type === `types.${name}`;

export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  /** Name of the schema of the request body; undefined when the operation takes none. */
  request: string | undefined;
  /** The one successful answer. */
  response: { httpStatus: number; schema: string };
  /** The other answers; the schema of their body, if they have one. */
  problems: { httpStatus: number; schema: string | undefined }[];
  /** Outcome class of each value of `status`. */
  outcomes: Record<string, OutcomeClass>;
  echo: { property: string; path: string[] } | undefined;
  inquiry: { operation: string; by: string } | undefined;
  statusQueue: { attempts: number; periodSeconds: number } | undefined;
  examples: Example[];
}

export interface Example {
  /** The HTTP code of the answer; undefined for a request. */
  httpStatus: number | undefined;
  name: string;
  /** Name of its schema. */
  schema: string;
  value: Json;
}

export interface Contract {
  title: string;
  description: string;
  /** The names under `components/schemas`, used or not: each has a type. */
  components: string[];
  shapes: NamedShape[];
  operations: Operation[];
}
