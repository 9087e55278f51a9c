/** A stream of Node, as far as it is used. */
interface NodeStream extends AsyncIterable<Uint8Array> {
  on(event: "error", listener: () => void): { destroy(): unknown };
}

/** The part of a web stream that the client reads. */
export type WebBody = Pick<ReadableStream<Uint8Array>, "getReader" | "cancel">;

/**
 * Makes a web stream of the chunks of a Node stream. `release` is called once nobody reads any more: at the end, after
 * an error, or when the reader cancels.
 */
export function toWebBody(stream: NodeStream, release: () => unknown = () => {}): WebBody {
  const chunks = stream[Symbol.asyncIterator]();
  const cancel = async () => {
    stream.on("error", () => {}).destroy();
    release();
  };
  const read = async () => {
    try {
      const chunk = await chunks.next();
      if (chunk.done) release();
      return chunk;
    } catch (error) {
      release();
      throw error;
    }
  };
  return { getReader: () => ({ read, cancel }), cancel } as unknown as WebBody;
}

/** The response of a `fetch` such as node-fetch, whose body is a stream of Node, with a web stream for a body. */
export function withWebBody(response: Response): Response {
  const body = response.body as ReadableStream<Uint8Array> | NodeStream | null;
  if (!body || !("on" in body)) return response;
  const { status, type, redirected, headers } = response;
  return { status, type, redirected, headers, body: toWebBody(body) } as unknown as Response;
}
