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
  const secrets = credentials.flatMap(spellings).map((text) => new TextEncoder().encode(text));
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

/** How a provider may repeat a credential: whole, without its scheme, decoded, and each as PHP writes it in JSON. */
function spellings(header: string): string[] {
  const token = header.replace(/^\S+ /, "");
  const all = [header, token, ...decoded(token)].filter(({ length }) => length >= minLength);
  return [...new Set(all.flatMap((text) => [text, text.replaceAll("/", "\\/")]))].sort((a, b) => b.length - a.length);
}

/** Shorter texts are everywhere. */
const minLength = 6;

/** The user and the password of basic credentials (RFC 7617). */
function decoded(token: string): string[] {
  try {
    const pair = atob(token);
    return [pair, pair.slice(pair.indexOf(":") + 1)];
  } catch {
    return [];
  }
}

function mask(bytes: Uint8Array, secret: Uint8Array): void {
  for (let at = bytes.indexOf(secret[0]!); at !== -1; at = bytes.indexOf(secret[0]!, at + 1)) {
    if (secret.every((byte, index) => bytes[at + index] === byte)) bytes.fill(0x2a /* * */, at, at + secret.length);
  }
}
