import { conceal, type Secret } from "@codegames/codec";
import { concatenate, type ReceivedBody } from "./response-body.ts";

/** The body of an answer that was not understood, or not wholly. It can hold the only copy of a key that was paid. */
export interface Unread {
  /** At most the first 65536 bytes, with `*` in the place of the credentials of the request. */
  readonly body: Secret<Uint8Array>;
  /** The value of `Content-Type`, at most 100 characters of it. */
  readonly mediaType: string | undefined;
  /** Whether bytes are missing: beyond the limit, or because the answer broke off. */
  readonly isCut: boolean;
  /** Whether it is of a sale with a secret that could not be read: the key may be in these bytes alone. */
  readonly lacksSecret: boolean;
}

/** No answer of the protocol comes near it. */
const maxBytes = 65_536;

/** Keeps a body, if any of it came. `credentials` are the headers that the request was authenticated with. */
export function keepUnread(
  received: ReceivedBody | undefined,
  credentials: readonly string[],
  lacksSecret: boolean,
): Unread | undefined {
  if (!received || received.size === 0) return undefined;
  const { chunks, size, isComplete, contentType } = received;
  const secrets = credentials.flatMap(spellings);
  const longest = Math.max(0, ...secrets.map(({ length }) => length));
  // A credential that the cut would split is found before it.
  const bytes = concatenate(chunks, Math.min(size, maxBytes + longest));
  for (const secret of secrets) mask(bytes, secret);
  return {
    body: conceal(bytes.slice(0, maxBytes)),
    mediaType: contentType?.slice(0, 100),
    isCut: !isComplete || size > maxBytes,
    lacksSecret,
  };
}

/**
 * How a provider may repeat a credential: whole, without its scheme, decoded, and each as JSON and URLs escape it. The
 * padding of Base64 hides nothing, and is escaped in many ways.
 */
function spellings(header: string): Uint8Array[] {
  const token = header.replace(/^\S+ /, "").replace(/=+$/, "");
  const texts = [header.replace(/=+$/, ""), token].flatMap((text) => [
    text,
    text.replaceAll("/", "\\/"),
    encodeURIComponent(text.toWellFormed()),
  ]);
  const all = [...[...new Set(texts)].map((text) => new TextEncoder().encode(text)), ...decoded(token)];
  return all.filter(({ length }) => length >= minLength).sort((a, b) => b.length - a.length);
}

/** Shorter texts are everywhere. */
const minLength = 6;

/** The user and the password of basic credentials (RFC 7617), as bytes in the charset that they were written in. */
function decoded(token: string): Uint8Array[] {
  try {
    const pair = Uint8Array.from(atob(token), (char) => char.charCodeAt(0));
    return [pair, pair.subarray(pair.indexOf(0x3a /* : */) + 1)];
  } catch {
    return [];
  }
}

/** Masks a secret wherever it stands, also where the body breaks off in it. */
function mask(bytes: Uint8Array, secret: Uint8Array): void {
  for (let at = bytes.indexOf(secret[0]!); at !== -1; at = bytes.indexOf(secret[0]!, at + 1)) {
    const length = Math.min(secret.length, bytes.length - at);
    if (length < minLength) return;
    if (secret.subarray(0, length).every((byte, index) => bytes[at + index] === byte)) {
      bytes.fill(0x2a /* * */, at, at + length);
    }
  }
}
