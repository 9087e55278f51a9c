import openapiTS, { astToString, type SchemaObject, transformSchemaObject, type TransformNodeOptions } from "openapi-typescript";
import ts from "typescript";
import type { JsonObject } from "../document.ts";
import type { Contract } from "../normalise/model.ts";
import { sourceFile } from "./source.ts";

/**
 * The types of the document, by openapi-typescript: the one seam to it, and to the JavaScript compiler API of
 * TypeScript 5.9 that it needs.
 */
export async function printTypes(root: JsonObject, contract: Contract): Promise<string> {
  const types = await openapiTS(withoutBigints(root) as never, {
    silent: true,
    alphabetize: false,
    defaultNonNullable: false,
    emptyObjectsUnknown: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    rootTypesKeepCasing: true,
    transform: (schema, options) => (isSecret(schema) ? secretType(schema, options) : int64Type(schema)),
  });
  const inlineBodies = contract.shapes
    .filter(({ alias }) => alias !== undefined)
    .map(({ name, alias }) => `export type ${name} = ${alias};`);
  const text = astToString(types).trim();
  const imports = /\bSecret</.test(text) ? [`import type { Secret } from "./codec.ts";`, ""] : [];
  return sourceFile([...imports, text, ...inlineBodies]);
}

const isSecret = (schema: SchemaObject) => schema["x-secret"] === true;

function secretType(schema: SchemaObject, options: TransformNodeOptions): ts.TypeNode {
  const types = [schema.type].flat();
  const value = { ...schema, "x-secret": false, type: types.filter((type) => type !== "null") } as SchemaObject;
  return orNull(types, ts.factory.createTypeReferenceNode("Secret", [transformSchemaObject(value, options)]));
}

function int64Type({ type, format }: SchemaObject): ts.TypeNode | undefined {
  if (format !== "int64") return undefined;
  return orNull([type].flat(), ts.factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword));
}

function orNull(types: unknown[], type: ts.TypeNode): ts.TypeNode {
  if (!types.includes("null")) return type;
  return ts.factory.createUnionTypeNode([type, ts.factory.createLiteralTypeNode(ts.factory.createNull())]);
}

/** openapi-typescript turns the document into JSON on its way; the bounds that round there do not reach the types. */
const withoutBigints = (root: JsonObject): unknown =>
  JSON.parse(JSON.stringify(root, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)));
