/**
 * Decodes a body by the charset that its `Content-Type` declares, strictly: undefined when a byte means nothing there,
 * when there are two charset parameters, or when it is none of those below. Without one it is UTF-8 (RFC 8259, 8.1;
 * interpretation C13).
 */
export function decodeBody(bytes: Uint8Array, contentType: string | null): string | undefined {
  const declared = [...(contentType ?? "").matchAll(charsetParameter)].map(([, quoted, token]) => quoted ?? token);
  // An empty value declares nothing.
  const [charset = "utf-8", second] = declared.flatMap((name) => (name ? [name.toLowerCase()] : []));
  const decode = second === undefined && Object.hasOwn(decoders, charset) ? decoders[charset] : undefined;
  try {
    return decode?.(bytes);
  } catch {
    return undefined;
  }
}

const charsetParameter = /;\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]*))/gi;

type Decode = (bytes: Uint8Array) => string | undefined;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A decoder of the Encoding standard, which gives every byte a meaning, without those that the charset leaves open. */
const without =
  (label: string, ...open: number[]): Decode =>
  (bytes) =>
    bytes.some((byte) => open.includes(byte)) ? undefined : new TextDecoder(label, { fatal: true }).decode(bytes);

/** The Encoding standard takes these two for windows-1252. */
const upTo =
  (last: number): Decode =>
  (bytes) =>
    bytes.some((byte) => byte > last) ? undefined : Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

const decoders: Readonly<Record<string, Decode>> = {
  "utf-8": (bytes) => utf8.decode(bytes),
  utf8: (bytes) => utf8.decode(bytes),
  "us-ascii": upTo(0x7f),
  "iso-8859-1": upTo(0xff),
  "iso-8859-5": without("iso-8859-5"),
  "windows-1251": without("windows-1251", 0x98),
  "windows-1252": without("windows-1252", 0x81, 0x8d, 0x8f, 0x90, 0x9d),
  "koi8-r": without("koi8-r"),
  cp866: without("ibm866"),
};
