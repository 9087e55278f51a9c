import { reveal, type Secret } from "@codegames/codec";

/**
 * An error to tell of: name, code, message and stack, without the secrets of a settlement. Errors of a database quote the
 * row that they refuse in further members, which are left out.
 */
export function withoutSecrets(error: unknown, product: { productKey?: Secret<string> | null; addInfo?: unknown } | undefined): Error {
  const secrets = [reveal(product?.productKey), ...textsIn(reveal(product?.addInfo))].filter((text): text is string => typeof text === "string" && text.length > 3);
  const clean = (text: unknown) => secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), String(text));
  const given = Object(error) as Record<string, unknown>;
  const told = new Error(clean(given["message"] ?? error));
  told.name = clean(given["name"] ?? "Error");
  told.stack = clean(given["stack"] ?? told.stack);
  for (const member of ["code", "schema", "table", "column", "constraint"]) {
    if (typeof given[member] === "string") Object.assign(told, { [member]: clean(given[member]) });
  }
  return told;
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
