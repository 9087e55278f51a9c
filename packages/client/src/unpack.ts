import type { WebBody } from "./web-body.ts";

/**
 * Unpacks a body by its `Content-Encoding`, as `fetch` does: gzip, deflate (with and without the header of zlib) and
 * br. A body in another coding stays as it is, and nobody can read it. One that is cut short makes the reader throw.
 */
export function unpack(body: WebBody, contentEncoding: string | undefined): WebBody {
  const codings = (contentEncoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim());
  const isKnown = codings.length <= 5 && codings.every((coding) => Object.hasOwn(formats, coding));
  return isKnown
    ? codings.reduceRight((packed, coding) => unpackOne(packed, coding as keyof typeof formats), body)
    : body;
}

/** The codings and their names in the Compression Standard. `brotli` is newer than the types. */
const formats = {
  gzip: () => "gzip",
  "x-gzip": () => "gzip",
  br: () => "brotli",
  // RFC 9110 means zlib's format, but some servers leave its header out.
  deflate: (firstByte: number) => ((firstByte & 0x0f) === 8 ? "deflate" : "deflate-raw"),
} as const;

/** Starts at the first chunk, which tells the format. */
function unpackOne(packed: WebBody, coding: keyof typeof formats): WebBody {
  const reader = packed.getReader();
  let unpacked: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const read = async () => (unpacked ??= await start(reader, coding)).read();
  const cancel = (reason?: unknown) => (unpacked ?? reader).cancel(reason);
  return { getReader: () => ({ read, cancel }), cancel } as unknown as WebBody;
}

async function start(packed: ReadableStreamDefaultReader<Uint8Array>, coding: keyof typeof formats) {
  let first: ReadableStreamReadResult<Uint8Array> | undefined = await packed.read();
  const stream = new ReadableStream<BufferSource>({
    async pull(controller) {
      const { done, value } = first ?? (await packed.read());
      first = undefined;
      if (done) controller.close();
      else controller.enqueue(value as BufferSource);
    },
    cancel: (reason) => packed.cancel(reason),
  });
  const format = formats[coding](first.value?.[0] ?? 0) as CompressionFormat;
  return stream.pipeThrough(new DecompressionStream(format)).getReader();
}
