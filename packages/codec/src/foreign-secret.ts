import { type Schema, settle, type UnionRule } from "./schema.ts";
import { secretTextsOf } from "./secret-paths.ts";
import { reveal } from "./secret.ts";

/**
 * Whether an object of a union holds a secret text that only another variant has, by its name: a refusal with the key
 * of a sale contradicts itself, wherever the key stands (interpretations C8, D17).
 */
export function hasForeignSecret(schema: Schema, value: unknown): boolean {
  const { kind, rule } = schema.kind === "named" ? settle(schema) : schema;
  if (kind !== "union") return false;
  const names = foreignNames.get(rule) ?? remember(rule);
  const tag = (value as Record<string, unknown>)[rule.tag];
  let index = 0;
  while (rule.variants[index]!.value !== tag) index++;
  const foreign = names[index]!;
  return foreign.length > 0 && holds(value, foreign);
}

/** For each variant of a union, the names of the secret texts that others have and it has not. */
const foreignNames = new WeakMap<UnionRule, string[][]>();

function remember(union: UnionRule): string[][] {
  const all = union.variants.map(({ schema }) => secretTextsOf(schema));
  const names = all.map((own) => all.flat().filter((name) => !own.includes(name)));
  foreignNames.set(union, names);
  return names;
}

/** No answer nests deeper than a reader goes. */
function holds(value: unknown, names: readonly string[]): boolean {
  const shown = reveal(value);
  if (typeof shown !== "object" || shown === null) return false;
  return Object.entries(shown).some(
    ([name, member]) => (names.includes(name) && isReadable(member)) || holds(member, names),
  );
}

function isReadable(secret: unknown): boolean {
  const value = reveal(secret);
  return typeof value === "string" ? value !== "" : Number.isInteger(value) && (value as number) > 0;
}
