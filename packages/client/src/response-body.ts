/** Why a body is no text: it exceeds the limit, or its bytes are not UTF-8. */
export type BodyFault = { readonly fault: "too-large" | "not-utf-8" };

/** Reads a body as UTF-8, up to a limit in bytes. */
export async function readBody({ body }: Response, maxBodyBytes: number): Promise<string | BodyFault> {
  if (!body) return "";
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size > maxBodyBytes) {
      discard(reader);
      return { fault: "too-large" };
    }
  }
  try {
    return decoder.decode(chunks.length === 1 ? chunks[0] : concatenate(chunks, size));
  } catch {
    return { fault: "not-utf-8" };
  }
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** Cancels a body that nobody reads. */
export function discard(stream: { cancel(): Promise<void> } | null): void {
  stream?.cancel().catch(() => {});
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
