import { checkNumber, checkItems, checkRange, checkString, isHiding, mismatch } from "./check.ts";
import { deeper, fault, hidden, inside, notJson } from "./fault.ts";
import { typeOf } from "./json-value.ts";
import { type ArrayRule, type ObjectRule, type Schema, settle, type UnionRule } from "./schema.ts";
import { reveal } from "./secret.ts";

/**
 * Writes a value as JSON text by its schema.
 *
 * @throws A {@link Fault} when the schema does not allow the value.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- every branch checks the type first
export function write(value: any, schema: Schema, depth = 0, expected = schema.expected): string {
  if (schema.kind === "secret") return writeHidden(reveal(value), schema.rule, depth, expected);
  const type = typeOf(value);
  if (type !== schema.type && !schema.types.includes(type)) throw mismatch(value, schema, expected);
  if (type === "null") return "null";
  switch (schema.kind) {
    case "string":
      return quoted(checkString(value, schema.rule));
    case "literals":
      if (!schema.rule.some((choice) => choice.value === value)) throw fault(expected, value);
      return JSON.stringify(value);
    case "number":
    case "integer":
      return String(checkNumber(value, schema, expected));
    case "int64":
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) {
        throw fault(`must be a bigint or a safe integer ${schema.rule.range}`, value);
      }
      return String(checkRange(BigInt(value), schema.rule, schema.expected));
    case "named":
      return write(value, settle(schema), depth, expected);
    case "object":
      return writeObject(value, schema.rule, deeper(depth));
    case "union":
      return write(value, variantOf(value, schema.rule), depth, expected);
    case "array":
      return writeArray(value, schema.rule, deeper(depth));
    case "either":
      return (isHiding(schema, type) ? writeHidden : write)(value, schema.rule.get(type)!, depth, expected);
    default:
      return writeAny(value, depth);
  }
}

/** Finds the variant that the tag of an object names. */
function variantOf(value: Record<string, unknown>, { tag, variants, expected }: UnionRule): Schema {
  const variant = variants.find((each) => each.value === value[tag]);
  if (!variant) throw inside(fault(expected, value[tag]), tag);
  return variant.schema;
}

function writeObject(
  value: Record<string, unknown>,
  { properties, places, additional }: ObjectRule,
  depth: number,
): string {
  // Only appended to: cutting or joining would copy the text.
  let text = "";
  let name = "";
  let isListed = true;
  try {
    for (const property of properties) {
      name = property.name;
      const child = value[name];
      if (child !== undefined || !property.schema.isOptional) {
        text += (text === "" ? "{" : ",") + property.spelled + write(child, property.schema, depth);
      }
    }
    isListed = false;
    for (name of additional === undefined ? [] : Object.keys(value)) {
      if (places.has(name) || value[name] === undefined) continue;
      if (!additional) throw fault("is not allowed here");
      text += `${text === "" ? "{" : ","}${JSON.stringify(name)}:${write(value[name], additional, depth)}`;
    }
  } catch (error) {
    throw inside(error, name, !isListed);
  }
  return text === "" ? "{}" : `${text}}`;
}

function writeArray(value: unknown[], rule: ArrayRule, depth: number): string {
  checkItems(value, rule);
  const items: string[] = [];
  try {
    // A `for…of` visits holes too.
    for (const item of value) items.push(write(item, rule.items, depth));
  } catch (error) {
    throw inside(error, items.length);
  }
  return `[${items.join()}]`;
}

function writeHidden(value: unknown, schema: Schema, depth: number, expected: string): string {
  try {
    return write(value, schema, depth, expected);
  } catch (error) {
    throw hidden(error);
  }
}

/**
 * Writes a value that the contract does not describe, as `JSON.stringify` would, but refuses what that drops or
 * changes.
 */
function writeAny(value: unknown, depth: number): string {
  const type = typeOf(value);
  if (type === "string" || type === "boolean" || type === "null" || Number.isFinite(value))
    return JSON.stringify(value);
  const inner = deeper(depth);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => writeAny(item, inner)).join()}]`;
  if (Object.prototype.toString.call(value) !== "[object Object]" || "toJSON" in (value as object)) {
    throw notJson();
  }
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeAny(member, inner)}`).join()}}`;
}

/** Writes a text as JSON. Few texts need more than quotes. */
const quoted = (text: string) => (unescaped.test(text) ? `"${text}"` : JSON.stringify(text));

// oxlint-disable-next-line no-control-regex -- JSON escapes control characters
const unescaped = /^[^"\\\0-\x1f\ud800-\udfff]*$/;
