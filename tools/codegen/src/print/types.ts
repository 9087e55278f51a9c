import openapiTS, { astToString } from "openapi-typescript";
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
    transform: ({ type, format }) => (format === "int64" ? bigintType(type) : undefined),
  });
  const inlineBodies = contract.shapes
    .filter(({ alias }) => alias !== undefined)
    .map(({ name, alias }) => `export type ${name} = ${alias};`);
  return sourceFile([astToString(types).trim(), ...inlineBodies]);
}

function bigintType(type: unknown): ts.TypeNode {
  const bigint = ts.factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword);
  if (!Array.isArray(type) || !type.includes("null")) return bigint;
  return ts.factory.createUnionTypeNode([bigint, ts.factory.createLiteralTypeNode(ts.factory.createNull())]);
}

/** openapi-typescript turns the document into JSON on its way; the bounds that round there do not reach the types. */
const withoutBigints = (root: JsonObject): unknown =>
  JSON.parse(JSON.stringify(root, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)));
