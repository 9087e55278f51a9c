import type { Operation } from "@codegames/contract";
import createOpenapiFetch from "openapi-fetch";
import type { Settings } from "./options.ts";

/** An HTTP answer, as far as it is read. */
export interface Answer {
  readonly httpStatus: number;
  readonly isRedirect: boolean;
  readonly body: string | BodyFault;
}

/** Why there is no text: more bytes than allowed, or bytes that are not UTF-8. */
export type BodyFault = { readonly fault: "too-large" | "not-utf-8" };

/** How far an exchange has come; the last word when it throws. */
export interface Progress {
  /** From here on the request may have left. */
  isHandedOver: boolean;
  httpStatus: number | undefined;
}

/** Makes a function that sends one request of an operation, exactly once, and reads the answer; it may reject. */
export function createExchange({ baseUrl, authenticate, fetch, maxBodyBytes }: Settings) {
  const http = createOpenapiFetch<Record<string, any>>({ baseUrl });

  return async (
    { method, path }: Operation,
    text: string | undefined,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Answer> => {
    let response: Response | undefined;
    await http.request(method.toLowerCase() as "post", path, {
      ...describeBody(text),
      redirect: "manual",
      parseAs: "stream",
      signal,
      // openapi-fetch builds the request. It would read an error body without a limit and parse it without int64: it is
      // shown an empty answer, and the real one is read here.
      fetch: async (request: Request) => {
        if (authenticate) await addCredentials(request, authenticate);
        signal.throwIfAborted();
        progress.isHandedOver = true;
        response = await fetch(request);
        progress.httpStatus = response.status || undefined;
        return new Response(null, { status: 204 });
      },
    });
    if (!response) throw new TypeError("No response");
    const isRedirect = isRedirected(response);
    if (isRedirect) discard(response.body);
    return { httpStatus: response.status, isRedirect, body: isRedirect ? "" : await readBody(response, maxBodyBytes) };
  };
}

/**
 * A stream, because a body that can be read twice is sent twice: `fetch` repeats a request that is answered with 421
 * (Fetch Standard, HTTP-network-or-cache fetch), and one pay is one request (reading C11).
 */
function describeBody(text: string | undefined) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (text === undefined) return { headers };
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return {
    body,
    bodySerializer: () => body,
    duplex: "half",
    headers: { ...headers, "Content-Length": String(bytes.byteLength) },
  };
}

async function addCredentials(request: Request, authenticate: NonNullable<Settings["authenticate"]>): Promise<void> {
  for (const [name, value] of Object.entries(await authenticate(request.clone()))) request.headers.set(name, value);
}

/** Browsers hide a redirect behind `opaqueredirect`; a `fetch` of the caller's may have followed one all the same. */
const isRedirected = ({ type, status, redirected }: Response) =>
  type === "opaqueredirect" || redirected || (status >= 300 && status < 400);

async function readBody({ body }: Response, maxBodyBytes: number): Promise<string | BodyFault> {
  if (!body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = body.getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    size += value?.byteLength ?? 0;
    if (size > maxBodyBytes) {
      discard(reader);
      return { fault: "too-large" };
    }
    try {
      text += done ? decoder.decode() : decoder.decode(value, { stream: true });
    } catch {
      discard(reader);
      return { fault: "not-utf-8" };
    }
    if (done) return text;
  }
}

function discard(stream: { cancel(): Promise<void> } | null): void {
  stream?.cancel().catch(() => {});
}
