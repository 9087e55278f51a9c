/** The byte of each character of windows-1251. Node decodes it, and encodes UTF-8 alone. */
const bytes = new Map(
  Array.from(
    new TextDecoder("windows-1251").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    (each, byte) => [each, byte],
  ),
);

/** Encodes a JSON text in windows-1251. A letter that it lacks, such as a Kazakh one, is written as an escape. */
export function encodeWindows1251(json: string): Uint8Array {
  const units = json.split("").flatMap((unit) => (bytes.has(unit) ? [unit] : escape(unit).split("")));
  return Uint8Array.from(units, (unit) => bytes.get(unit) ?? 0);
}

const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
