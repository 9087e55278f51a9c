import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, json } from "node:stream/consumers";
import type { ProviderState, SentRequest, StateHandlers } from "./states.ts";

/** An answer on its way to the verifier. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Turns a correct answer into that of a wrong provider. */
export type AnswerChange = (answer: Answer, path: string) => Answer;

export interface ProviderOptions {
  handlers: StateHandlers;
  /**
   * Creates the database of each sandbox; every interaction has a new one.
   *
   * @default SQLite in memory
   */
  newDatabase?: () => Promise<string>;
  /** @default leaves answers as they are */
  changeAnswer?: AnswerChange;
}

/** A provider for the verifier of Pact. Each interaction has a new sandbox, in the state that it asks for. */
export interface Provider {
  url: string;
  statesUrl: string;
  /**
   * The handlers that threw and those that are missing. The verifier of pact-js is silent about both:
   * https://github.com/pact-foundation/pact-js/issues/631
   */
  stateErrors: string[];
  close(): Promise<void>;
}

/** The body of the verifier's request for a state. */
interface StateRequest {
  state: string;
  params: Record<string, string | number>;
  action: string;
}

export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const { handlers, newDatabase = async () => ":memory:", changeAnswer = (answer) => answer } = options;
  const stateErrors: string[] = [];
  let current: ProviderState | undefined;

  async function enterState({ state, params, action }: StateRequest): Promise<void> {
    await current?.sandbox.close();
    current = undefined;
    if (action === "teardown") return;
    const handler = handlers[state];
    if (!handler) throw new Error("there is no handler");
    current = await handler(params, await newDatabase());
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    if (request.url === "/_states") {
      const asked = (await json(request)) as StateRequest;
      const errors = await enterState(asked).then(
        () => [],
        (error: Error) => [`state "${asked.state}": ${error.message}`],
      );
      stateErrors.push(...errors);
      // Not 5xx: the verifier would repeat the request for a minute.
      return { status: errors.length > 0 ? 400 : 200, headers: { "content-type": "application/json" }, body: "{}" };
    }
    if (!current) return { status: 500, headers: {}, body: "" };
    return changeAnswer(await forward(request, current), request.url ?? "");
  }

  const { url, close } = await serve(answer);
  return {
    url,
    statesUrl: `${url}/_states`,
    stateErrors,
    async close() {
      await close();
      await current?.sandbox.close();
    },
  };
}

/** Serves answers on a free port of loopback. */
async function serve(answer: (request: IncomingMessage) => Promise<Answer>) {
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers, body }) =>
        response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body),
      (error: Error) => response.destroy(error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends the request on to the sandbox, as the state changes it. */
async function forward(request: IncomingMessage, { sandbox, changeRequest }: ProviderState): Promise<Answer> {
  const { method = "", url: path = "", headers } = request;
  const sent = { method, path, headers, body: await buffer(request) };
  return send(sandbox.url, changeRequest ? changeRequest(sent) : sent);
}

/** Sends a request byte for byte, with `node:http` because `fetch` refuses a body with GET. */
function send(baseUrl: string, { method, path, headers, body }: SentRequest): Promise<Answer> {
  const options = { method, headers: { ...headers, "content-length": body.length }, agent: false };
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(`${baseUrl}${path}`, options, (response) => {
      const { "transfer-encoding": _, ...answered } = response.headers;
      const read = (text: Buffer) =>
        resolve({ status: response.statusCode ?? 0, headers: answered, body: text.toString() });
      buffer(response).then(read, reject);
    });
    outgoing.on("error", reject).end(body);
  });
}
