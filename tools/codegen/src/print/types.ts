import openapiTS, {
  astToString,
  type SchemaObject,
  transformSchemaObject,
  type TransformNodeOptions,
} from "openapi-typescript";
import ts from "typescript";
import { isJsonObject, type Json, type JsonObject } from "../document.ts";
import { type Contract, receivedName } from "../normalise/model.ts";
import { spell, withoutTerminators } from "../typescript/spell.ts";
import { receivedViewsOf, withReceivedViews } from "./received-views.ts";

/**
 * Prints the types of the document with openapi-typescript. This file is the one seam to it, and to the JavaScript
 * compiler API of TypeScript 5.9 that it needs.
 */
export async function printTypes(root: JsonObject, contract: Contract): Promise<string> {
  const types = await openapiTS(readable(withReceivedViews(root, contract)) as never, {
    silent: true,
    alphabetize: false,
    defaultNonNullable: false,
    emptyObjectsUnknown: true,
    transform: (schema, options) =>
      isSecret(schema) ? secretType(schema, options) : (int64Type(schema) ?? closedType(schema)),
  });
  const names = [
    ...contract.components.map((name) => [name, schemaOf(name)]),
    ...contract.shapes.flatMap(({ name, alias }) => (alias === undefined ? [] : [[name, alias]])),
    ...receivedViewsOf(contract).map((shape) => [receivedName(shape), schemaOf(receivedName(shape))]),
  ];
  const text = withoutTerminators(astToString(types).trim());
  const imports = /\bSecret</.test(text) ? [`import type { Secret } from "@codegames/codec";`, ""] : [];
  return [...imports, text, ...names.map(([name, type]) => `export type ${name} = ${type};`)].join("\n");
}

const schemaOf = (name: string) => `components["schemas"][${spell(name)}]`;

const isSecret = (schema: SchemaObject) => schema["x-secret"] === true;

function secretType(schema: SchemaObject, options: TransformNodeOptions): ts.TypeNode {
  const types = [schema.type].flat();
  const value = { ...schema, "x-secret": false, type: types.filter((type) => type !== "null") } as SchemaObject;
  return orNull(types, ts.factory.createTypeReferenceNode("Secret", [transformSchemaObject(value, options)]));
}

/** Openapi-typescript asks for each of several types in one `type` separately. */
function int64Type({ type, format }: SchemaObject): ts.TypeNode | undefined {
  if (type !== "integer" || format !== "int64") return undefined;
  return ts.factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword);
}

/** Openapi-typescript types an object that must have no member as one that may have any. */
function closedType(schema: SchemaObject): ts.TypeNode | undefined {
  const { type, properties = {}, additionalProperties } = schema as Record<string, unknown>;
  if (type !== "object" || additionalProperties !== false || Object.keys(properties as object).length > 0)
    return undefined;
  const { createKeywordTypeNode, createTypeReferenceNode } = ts.factory;
  const kinds = [ts.SyntaxKind.StringKeyword, ts.SyntaxKind.NeverKeyword] as const;
  return createTypeReferenceNode(
    "Record",
    kinds.map((kind) => createKeywordTypeNode(kind)),
  );
}

function orNull(types: unknown[], type: ts.TypeNode): ts.TypeNode {
  if (!types.includes("null")) return type;
  return ts.factory.createUnionTypeNode([type, ts.factory.createLiteralTypeNode(ts.factory.createNull())]);
}

/**
 * Openapi-typescript turns the document into JSON, which has no `bigint`; limits that round do not reach the types. A
 * discriminator says only what the schemas say, and would replace the texts of the tag by remarks of the tool.
 */
function readable(root: JsonObject): unknown {
  const withoutDiscriminator = ({ discriminator: _, ...union }: JsonObject) => union;
  const prepare = (_: string, value: unknown) => {
    if (typeof value === "bigint") return Number(value);
    return isUnion(value) ? withoutDiscriminator(value) : value;
  };
  return JSON.parse(JSON.stringify(root, prepare));
}

/** Whether a value is a schema with variants; in an example or among properties, no such list stands there. */
const isUnion = (value: unknown): value is JsonObject =>
  isJsonObject(value as Json) && Array.isArray((value as JsonObject)["oneOf"] ?? (value as JsonObject)["anyOf"]);
