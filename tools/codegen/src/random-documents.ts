import fc, { type Arbitrary } from "fast-check";

/** A schema as the bundled document has it. */
export interface JsonSchema {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  type?: string | string[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  items?: JsonSchema | true;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema | true>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
}

/**
 * Names without backslashes. V8 confuses them: after an object `{"k":0,"\\\\":1}`, `JSON.parse` of Node 24.21 reads
 * `{"k":0,"\\"":2}` with the same two names.
 */
const names = fc.string({ maxLength: 3 }).filter((name) => !name.includes("\\"));
const anything = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes("\\\\"));

/** Makes documents that a schema allows, from the schema itself and not from the generator's view of it. */
export function documentsOf(
  schema: JsonSchema | true,
  schemas: Record<string, JsonSchema>,
  depth = 0,
): Arbitrary<unknown> {
  if (schema === true) return anything;
  if (schema.$ref)
    return documentsOf(schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {}, schemas, depth + 1);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return fc.oneof(...variants.map((variant) => documentsOf(variant, schemas, depth)));
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return anything;
  return fc.oneof(...types.map((type) => ofType(type, schema, schemas, depth)));
}

function ofType(
  type: string,
  schema: JsonSchema,
  schemas: Record<string, JsonSchema>,
  depth: number,
): Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "string":
      return textOf(schema);
    case "array": {
      const items = documentsOf(schema.items ?? true, schemas, depth + 1);
      const maxLength = depth > 3 ? 0 : Math.min(schema.maxItems ?? 3, 3);
      return fc.array(items, { minLength: schema.minItems ?? 0, maxLength: Math.max(maxLength, schema.minItems ?? 0) });
    }
    case "object":
      return objectOf(schema, schemas, depth);
    default:
      return numberOf(type, schema);
  }
}

function textOf({ minLength = 0, maxLength = minLength + 8, pattern }: JsonSchema): Arbitrary<string> {
  if (pattern) return fc.stringMatching(new RegExp(pattern, "u"));
  const lengths = { minLength, maxLength: Math.min(maxLength, minLength + 12) };
  const atTheLimit = fc.string({ minLength: maxLength, maxLength, unit: "binary" });
  const anywhere = fc.string({ ...lengths, unit: "binary" });
  return maxLength <= 128
    ? fc.oneof({ weight: 20, arbitrary: anywhere }, { weight: 1, arbitrary: atTheLimit })
    : anywhere;
}

/** Keeps an int64 within the integers that a double holds; those beyond have their own tests. */
function numberOf(type: string, schema: JsonSchema): Arbitrary<number> {
  const low = Math.max(schema.minimum ?? -Infinity, schema.exclusiveMinimum ?? -Infinity);
  const high = Math.min(schema.maximum ?? Infinity, schema.exclusiveMaximum ?? Infinity);
  const isAllowed = (value: number) =>
    value >= low && value <= high && value !== schema.exclusiveMinimum && value !== schema.exclusiveMaximum;
  const limit = schema.format === "int32" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const numbers =
    type === "integer"
      ? fc.integer({ min: Math.max(Math.ceil(low), -limit), max: Math.min(Math.floor(high), limit) })
      : fc.double({ min: Math.max(low, -1e300), max: Math.min(high, 1e300), noNaN: true });
  return numbers.filter(isAllowed);
}

function objectOf(schema: JsonSchema, schemas: Record<string, JsonSchema>, depth: number): Arbitrary<object> {
  const required = schema.required ?? [];
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => depth < 6 || required.includes(name));
  const known = fc.record(
    Object.fromEntries(properties.map(([name, property]) => [name, documentsOf(property, schemas, depth + 1)])),
    { requiredKeys: required },
  );
  if (schema.additionalProperties === false) return known;
  const others = fc.dictionary(
    names.filter((key) => !schema.properties || !Object.hasOwn(schema.properties, key)),
    documentsOf(schema.additionalProperties ?? true, schemas, depth + 1),
    { maxKeys: 2 },
  );
  return fc.tuple(known, others).map(([own, extra]) => ({ ...extra, ...own }));
}

/** Makes a document and two copies with one change each, valid or not: a change costs less than a new document. */
export function withSpoilt(documents: Arbitrary<unknown>): Arbitrary<unknown[]> {
  const change = fc.tuple(fc.nat(), fc.nat(6), awkward);
  return fc
    .tuple(documents, change, change)
    .map(([document, ...changes]) => [document, ...changes.map((each) => spoil(document, each))]);
}

function spoil(document: unknown, [place, action, value]: [number, number, unknown]): unknown {
  const copy: Container = { document: structuredClone(document) };
  const places = placesOf(copy, "document");
  const [container, key] = places[place % places.length] ?? [copy, "document"];
  if (action === 0 && container !== copy && !Array.isArray(container)) delete container[key];
  else if (action === 1 && isContainer(container[key])) container[key]["extra"] = value;
  else container[key] = value;
  return copy["document"];
}

const awkward: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    0.5,
    1.5,
    10,
    100,
    599,
    600,
    2 ** 31,
    -(2 ** 31) - 1,
    1e300,
    "",
    "a",
    "OK",
    "ok",
    "TXN_DUPLICATE",
    "TXN_NOT_FOUND",
    "PRODUCT_NOT_FOUND",
    "1",
    "x".repeat(128),
    "x".repeat(129),
    "😀".repeat(128),
    "😀".repeat(129),
    "x".repeat(1025),
    "😀".repeat(5),
    "\ud800",
    [],
    {},
    [null],
    { status: "OK" },
    [1, 2, 3, 4],
  ),
  anything,
);

type Container = Record<string, unknown>;

function placesOf(container: Container, key: string): [Container, string][] {
  const value = container[key];
  if (!isContainer(value)) return [[container, key]];
  return [[container, key], ...Object.keys(value).flatMap((child) => placesOf(value, child))];
}

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;
