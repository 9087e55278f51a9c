import { type Schema, settle } from "./schema.ts";

/** Whether a schema is a secret, or a value of it can contain one. */
export function leadsToSecret(schema: Schema, seen = new Set<unknown>()): boolean {
  if (schema.kind === "secret") return true;
  const { rule } = schema.kind === "named" ? settle(schema) : schema;
  if (seen.has(rule)) return false;
  seen.add(rule);
  return partsOf(schema).some((part) => leadsToSecret(part, seen));
}

function partsOf({ kind, rule }: Schema): Schema[] {
  switch (kind) {
    case "object":
      return [...rule.properties.map(({ schema }) => schema), ...(rule.additional ? [rule.additional] : [])];
    case "union":
      return rule.variants.map(({ schema }) => schema);
    case "array":
      return [rule.items];
    case "either":
      return [...rule.values()];
    default:
      return [];
  }
}

/** The names of the members of an object, or of an object in it, that are secret texts. */
export function secretTextsOf(schema: Schema, outer: readonly Schema["rule"][] = []): string[] {
  const { kind, rule } = schema.kind === "named" ? settle(schema) : schema;
  if (kind !== "object" || outer.includes(rule)) return [];
  return rule.properties.flatMap(({ name, schema }) =>
    schema.kind === "secret" && schema.rule.kind === "string" ? [name] : secretTextsOf(schema, [...outer, rule]),
  );
}
