import { decodeBody } from "./charset.ts";

/** Why a body is no text: it exceeds the limit, or its bytes mean nothing in the charset that it declares. */
export type BodyFault = { readonly fault: "too-large" | "charset" };

/** The bytes of a body as they come, also of one that breaks off. */
export class ReceivedBody {
  /** The value of `Content-Type`. */
  readonly contentType: string | null;
  readonly chunks: Uint8Array[] = [];
  size = 0;
  isComplete = false;

  constructor(contentType: string | null) {
    this.contentType = contentType;
  }
}

/** Reads a body to its end or to a limit in bytes, and decodes it. */
export async function readBody(
  { body }: Response,
  maxBodyBytes: number,
  received: ReceivedBody,
): Promise<string | BodyFault> {
  const { chunks } = received;
  const reader = body?.getReader();
  for (;;) {
    const { done, value } = reader ? await reader.read() : { done: true, value: undefined };
    if (done) break;
    chunks.push(value!);
    received.size += value!.byteLength;
    if (received.size > maxBodyBytes) {
      discard(reader!);
      return { fault: "too-large" };
    }
  }
  received.isComplete = true;
  const bytes = chunks.length === 1 ? chunks[0]! : concatenate(chunks, received.size);
  return decodeBody(bytes, received.contentType) ?? { fault: "charset" };
}

/** The first bytes of several chunks in one piece. */
export function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    if (at >= size) break;
    bytes.set(chunk.subarray(0, size - at), at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** Cancels a body that nobody reads. */
export function discard(stream: { cancel(): Promise<void> } | null): void {
  stream?.cancel().catch(() => {});
}
