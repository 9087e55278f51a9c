import type { OutcomeClass } from "@codegames/codec";
import type {
  ArrayLimits,
  Int64Limits,
  Literal,
  NumberLimits,
  OpenKind,
  Role,
  StringLimits,
} from "@codegames/codec/schema";
import type { Json } from "../document.ts";

/**
 * The part of JSON Schema (2020-12) that the generator prints, without references to resolve and keywords to combine.
 * The kinds and limits are those of `@codegames/codec/schema`.
 */
export type Schema =
  | { kind: OpenKind }
  | { kind: "string"; limits: StringLimits }
  | { kind: "number" | "integer"; limits: NumberLimits }
  | { kind: "int64"; limits: Int64Limits }
  | { kind: "literals"; values: Literal[] }
  | { kind: "array"; items: Schema; limits: ArrayLimits }
  /** One of several schemas of different JSON types. */
  | { kind: "either"; variants: Schema[] }
  /** An object or a union with a schema of its own. */
  | { kind: "named"; name: string }
  /** A value that must not be shown (`x-secret`). */
  | { kind: "secret"; schema: Schema };

export type { Literal } from "@codegames/codec/schema";

/** A schema with a name of its own. */
export type Shape =
  | { kind: "object"; properties: Property[]; additional: Schema | false | undefined }
  /** Objects told apart by the literals of one required property, the tag. */
  | { kind: "union"; tag: string; variants: { name: string; values: Literal[] }[] }
  /** The body of a request or an answer that is neither an object nor a union. */
  | { kind: "other"; schema: Schema };

export interface Property {
  name: string;
  isOptional: boolean;
  /** What the property does in an answer: `x-decides: false` makes it decide nothing, `x-echo` makes it an echo. */
  role: Role;
  schema: Schema;
}

export interface NamedShape {
  name: string;
  shape: Shape;
  /** JSON Pointer of the schema in the document. */
  pointer: string;
  /** Whether a reader of answers can do without a member of it, so that what it reads has a type of its own. */
  hasReceivedView: boolean;
  /** How printed code spells the type: `types.Order`, or within another `NonNullable<types.Order["line"]>`. */
  type: string;
  /** The type behind the name, when the name is not one of `components/schemas`. */
  alias: string | undefined;
}

/** Whether the printed types export the shape under its name. */
export const isExported = ({ name, type }: NamedShape) => type === `types.${name}`;

/** Whether a reader of answers can do without a property. */
export const isOptionalReceived = ({ isOptional, role }: Property) => isOptional || role !== "decides";

/** The name of the type that a reader of answers returns. */
export const receivedName = ({ name, hasReceivedView }: NamedShape) => (hasReceivedView ? `Received${name}` : name);

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
  /** The other answers, each with the schema of its body, if it has one. */
  problems: { httpStatus: number; schema: string | undefined }[];
  /** Outcome class of each value of `status`. */
  outcomes: Record<string, OutcomeClass>;
  echo: { property: string; path: string[] } | undefined;
  inquiry: { operation: string; by: string; reference: string | undefined } | undefined;
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
  /** The page that explains the kinds of problem (`x-problem-types`). */
  problemTypes: string | undefined;
  /** The names under `components/schemas`, used or not: each has a type. */
  components: string[];
  shapes: NamedShape[];
  operations: Operation[];
}
