import { checkBounds, checkItems, checkRange, checkString, isHiding, mismatch, typeOf } from "./check.ts";
import { deeper, fault, hidden, inside } from "./fault.ts";
import { type ArrayRule, type ObjectRule, type Schema, settle, type UnionRule } from "./schema.ts";
import { reveal } from "./secret.ts";

/** The JSON text of a value, as the schema has it. Throws a {@link Fault} when it is another. */
export function write(value: any, schema: Schema, depth = 0, expected = schema.expected): string {
  if (schema.kind === "secret") return writeHidden(reveal(value), schema.rule, depth, expected);
  const type = typeOf(value);
  if (type !== schema.type && !schema.types.includes(type)) throw mismatch(value, schema, expected);
  if (type === "null") return "null";
  switch (schema.kind) {
    case "string":
      checkString(value, schema.rule);
      return quoted(value);
    case "literals":
      if (!schema.rule.some((choice) => choice.value === value)) throw fault(expected, value);
      return JSON.stringify(value);
    case "number":
      checkBounds(value, schema.rule, expected);
      return String(value);
    case "int64":
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) throw fault(`must be a bigint or a safe integer ${schema.rule.range}`, value);
      checkRange(BigInt(value), schema.rule, schema.expected);
      return String(value);
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

/** The variant that the tag of an object chooses. */
function variantOf(value: Record<string, unknown>, { tag, variants, expected }: UnionRule): Schema {
  const variant = variants.find((each) => each.value === value[tag]);
  if (!variant) throw inside(fault(expected, value[tag]), tag);
  return variant.schema;
}

function writeObject(value: Record<string, unknown>, { members, places, others }: ObjectRule, depth: number): string {
  // Not cut or joined on the way: either would copy it.
  let text = "";
  let name = "";
  let isListed = true;
  try {
    for (const member of members) {
      name = member.name;
      const child = value[name];
      if (child !== undefined || !member.schema.isOptional) {
        text += (text === "" ? "{" : ",") + member.spelled + write(child, member.schema, depth);
      }
    }
    isListed = false;
    for (name of others === undefined ? [] : Object.keys(value)) {
      if (places.has(name) || value[name] === undefined) continue;
      if (!others) throw fault("is not allowed here");
      text += `${text === "" ? "{" : ","}${JSON.stringify(name)}:${write(value[name], others, depth)}`;
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
    // Holes too.
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

/** A value of which the contract says nothing: what `JSON.stringify` writes, without its leniency. */
function writeAny(value: unknown, depth: number): string {
  const type = typeOf(value);
  if (type === "string" || type === "boolean" || type === "null" || Number.isFinite(value)) return JSON.stringify(value);
  const inner = deeper(depth);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => writeAny(item, inner)).join()}]`;
  if (Object.prototype.toString.call(value) !== "[object Object]" || "toJSON" in (value as object)) {
    throw fault("must hold nothing but JSON values: objects, arrays, strings, finite numbers, booleans, null");
  }
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeAny(member, inner)}`).join()}}`;
}

/** JSON text of a string. Few need more than quotes. */
const quoted = (text: string) => (unescaped.test(text) ? `"${text}"` : JSON.stringify(text));

const unescaped = /^[^"\\\0-\x1f\ud800-\udfff]*$/;
