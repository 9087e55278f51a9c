import { type Schema, settle } from "./schema.ts";
import { secretTextsOf } from "./secret-paths.ts";
import { reveal } from "./secret.ts";

/**
 * Whether an object of a union holds, beside its own members, a secret text where another variant has one: a refusal
 * with the key of a sale contradicts itself (interpretations C8, D17). Secrets in other places say nothing.
 */
export function hasForeignSecret(schema: Schema, value: unknown): boolean {
  const { kind, rule } = schema.kind === "named" ? settle(schema) : schema;
  if (kind !== "union") return false;
  const tag = memberOf(value, rule.tag);
  const own = rule.variants.find((variant) => variant.value === tag)?.schema;
  const paths = (pathsByRule.get(rule) ?? remember(rule, rule.variants)).filter(([of]) => of !== own?.rule);
  if (!own || paths.length === 0) return false;
  const known = secretTextsOf(own).map(String);
  return paths.some(([, path]) => !known.includes(String(path)) && isReadable(path.reduce(memberOf, value)));
}

/** The paths of every union, each with the rule of its variant: they are found once. */
const pathsByRule = new WeakMap<object, [of: unknown, path: string[]][]>();

function remember(rule: object, variants: readonly { schema: Schema }[]): [of: unknown, path: string[]][] {
  const paths = [...new Set(variants.map(({ schema }) => schema))].flatMap((schema) =>
    secretTextsOf(schema).map((path): [unknown, string[]] => [schema.rule, path]),
  );
  pathsByRule.set(rule, paths);
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
