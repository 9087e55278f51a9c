import { type Schema, settle, type UnionRule } from "./schema.ts";
import { secretTextsOf } from "./secret-paths.ts";
import { reveal } from "./secret.ts";

/**
 * Whether an object of a union holds, beside its own members, a secret text where another variant has one: a refusal
 * with the key of a sale contradicts itself (interpretations C8, D17). Secrets in other places say nothing.
 */
export function hasForeignSecret(schema: Schema, value: unknown): boolean {
  const { kind, rule } = schema.kind === "named" ? settle(schema) : schema;
  if (kind !== "union") return false;
  const paths = foreignPaths.get(rule) ?? remember(rule);
  const tag = memberOf(value, rule.tag);
  const index = rule.variants.findIndex((variant) => variant.value === tag);
  return paths[index]?.some((path) => isReadable(path.reduce(memberOf, value))) ?? false;
}

/** For each variant of a union, the paths to the secret texts that others have there and it has not. */
const foreignPaths = new WeakMap<UnionRule, string[][][]>();

function remember(union: UnionRule): string[][][] {
  const texts = union.variants.map(({ schema }) => secretTextsOf(schema));
  const all = new Map(texts.flat().map((path) => [JSON.stringify(path), path]));
  const paths = texts.map((own) => {
    const known = own.map((path) => JSON.stringify(path));
    return [...all].flatMap(([spelled, path]) => (known.includes(spelled) ? [] : [path]));
  });
  foreignPaths.set(union, paths);
  return paths;
}

function memberOf(value: unknown, name: string): unknown {
  const object = reveal(value);
  return typeof object === "object" && object !== null && Object.hasOwn(object, name)
    ? Reflect.get(object, name)
    : undefined;
}

function isReadable(secret: unknown): boolean {
  const value = reveal(secret);
  return typeof value === "string" ? value !== "" : typeof value === "number" && value !== 0;
}
