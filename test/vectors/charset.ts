import type { Random } from "./random.ts";

/** The charsets of interpretation C13, each by the name that it is declared under. */
export const charsets = [
  "utf-8",
  "utf8",
  "us-ascii",
  "windows-1251",
  "windows-1252",
  "koi8-r",
  "cp866",
  "iso-8859-1",
  "iso-8859-5",
] as const;

export type Charset = (typeof charsets)[number];

/** The bytes of JSON text; what the charset does not have is escaped, as an encoder for that charset does. */
export function encodeJson(text: string, charset: Charset): Uint8Array {
  if (charset === "utf-8" || charset === "utf8") return new TextEncoder().encode(text);
  const table = tableOf(charset);
  return Uint8Array.from([...text].flatMap((character) => table.get(character) ?? escapeBytes(character)));
}

const escapeBytes = (character: string) =>
  [
    ...character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  ].map((each) => each.charCodeAt(0));

const tables = new Map<Charset, Map<string, number>>();

/** The byte of each character, without control characters from 0x80 on: the standards do not agree about those. */
function tableOf(charset: Charset): Map<string, number> {
  const known = tables.get(charset);
  if (known) return known;
  const table = new Map<string, number>();
  const last = charset === "us-ascii" ? 0x7f : 0xff;
  for (let byte = 0; byte <= last; byte++) {
    const character =
      byte < 0x80 || charset === "iso-8859-1"
        ? String.fromCharCode(byte)
        : new TextDecoder(charset).decode(Uint8Array.of(byte));
    if (byte < 0x80 || !/[\u0080-\u009f\ufffd]/.test(character)) table.set(character, byte);
  }
  tables.set(charset, table);
  return table;
}

/** A media type that declares the charset in one of the ways in which servers write it. */
export function writeMediaType(charset: Charset | undefined, random: Random): string | undefined {
  const type = random.pick(["application/json", "application/json", "Application/JSON", "text/json", "text/html"]);
  if (!charset) return random.happens(20) ? undefined : type;
  const name = random.pick([charset, charset, charset.toUpperCase(), `"${charset}"`]);
  const parameter = `${random.pick(["charset", "charset", "Charset", "CHARSET"])}=${name}`;
  return type + random.pick([";", "; ", " ; ", "; profile=x; "]) + parameter + random.pick(["", "", " ", "; v=1"]);
}
