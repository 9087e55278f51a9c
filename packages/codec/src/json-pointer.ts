/** Adds one step to a JSON Pointer (RFC 6901): `appendToken("/paths", "/pay")` is `/paths/~1pay`. */
export const appendToken = (pointer: string, token: string | number): string => `${pointer}/${escapeToken(token)}`;

/** Writes a member name or an index as a token of a JSON Pointer: `~` as `~0`, `/` as `~1`. */
export const escapeToken = (token: string | number): string =>
  String(token).replaceAll("~", "~0").replaceAll("/", "~1");

/** Reads the names and indices along a JSON Pointer: `tokensOf("/paths/~1pay")` is `["paths", "/pay"]`. */
export const tokensOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));

/** Reads the value at a JSON Pointer; undefined where the document has none. */
export function valueAt(document: unknown, pointer: string): unknown {
  return tokensOf(pointer).reduce<unknown>(
    (value, token) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, token)
        ? (value as Record<string, unknown>)[token]
        : undefined,
    document,
  );
}
