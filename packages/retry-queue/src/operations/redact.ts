import { reveal, type Secret } from "@codegames/codec";

/** The parts of a sold product that are secret. */
interface SecretParts {
  productKey?: Secret<string> | null;
  addInfo?: unknown;
}

/**
 * Copies name, code, message and stack of an error for events, and replaces the secrets of a product in them. Other
 * members are left out, because databases quote the rejected row there.
 */
export function withoutSecrets(error: unknown, product: SecretParts | undefined): Error {
  const secrets = [reveal(product?.productKey), ...textsIn(reveal(product?.addInfo))].filter(
    (text): text is string => typeof text === "string" && text.length > 3,
  );
  const clean = (text: unknown) => secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), String(text));
  const given = Object(error) as Record<string, unknown>;
  const copy = new Error(clean(given["message"] ?? error));
  copy.name = clean(given["name"] ?? "Error");
  copy.stack = clean(given["stack"] ?? copy.stack);
  for (const member of ["code", "schema", "table", "column", "constraint"]) {
    if (typeof given[member] === "string") Object.assign(copy, { [member]: clean(given[member]) });
  }
  return copy;
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
