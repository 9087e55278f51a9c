import { reveal, type Secret } from "@codegames/codec";

/**
 * Copies name, code, message and stack of an error without the secrets of a settlement. Other members are left out, because
 * database errors quote the refused row in them.
 */
export function withoutSecrets(error: unknown, product: SecretProduct | undefined): Error {
  const texts = [reveal(product?.productKey), ...textsIn(reveal(product?.addInfo))];
  const secrets = texts.filter((text): text is string => typeof text === "string" && text.length > 3);
  const clean = (text: unknown) =>
    secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), String(text as string));
  const given = Object(error) as Record<string, unknown>;
  const copy = new Error(clean(given["message"] ?? error));
  copy.name = clean(given["name"] ?? "Error");
  copy.stack = clean(given["stack"] ?? copy.stack);
  for (const member of ["code", "schema", "table", "column", "constraint"]) {
    if (typeof given[member] === "string") Object.assign(copy, { [member]: clean(given[member]) });
  }
  return copy;
}

interface SecretProduct {
  productKey?: Secret<string> | null;
  addInfo?: unknown;
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
