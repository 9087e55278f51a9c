import { createServer, type IncomingHttpHeaders, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, json } from "node:stream/consumers";
import type { Sandbox } from "@codegames/sandbox";
import type { Damage, StateHandlers } from "./states.ts";

/** An answer on its way to the verifier. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Makes another answer of an honest one: what a wrong provider would say. */
export type Spoil = (answer: Answer, path: string) => Answer;

export interface ProviderOptions {
  handlers: StateHandlers;
  /** The database of each sandbox; a new one for each interaction. */
  newDatabase?: () => Promise<string>;
  spoil?: Spoil;
}

/** A provider for the verifier of Pact: a sandbox of its own for each interaction, in the state that it asks for. */
export interface Provider {
  url: string;
  statesUrl: string;
  /** The handlers that threw and those that were missing. The verifier of pact-js is silent about both. */
  stateErrors: string[];
  close(): Promise<void>;
}

export async function startProvider({ handlers, newDatabase = async () => ":memory:", spoil = (answer) => answer }: ProviderOptions): Promise<Provider> {
  const stateErrors: string[] = [];
  let sandbox: Sandbox | undefined;
  let damage: Damage | undefined;

  async function changeState({ state, params, action }: { state: string; params: Record<string, string | number>; action: string }): Promise<void> {
    await sandbox?.close();
    sandbox = undefined;
    if (action === "teardown") return;
    const handler = handlers[state];
    if (!handler) throw new Error("there is no handler");
    ({ sandbox, damage } = await handler(params, await newDatabase()));
  }

  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    if (path === "/_states") {
      const change = (await json(request)) as Parameters<typeof changeState>[0];
      const error = await changeState(change).then(() => undefined, (thrown: unknown) => `state "${change.state}": ${(thrown as Error).message}`);
      if (error) stateErrors.push(error);
      // Not 5xx: the verifier would ask again, for a minute.
      return void response.writeHead(error ? 400 : 200, { "content-type": "application/json" }).end("{}");
    }
    if (!sandbox) return void response.writeHead(500).end();
    const sent = { method, path, headers, body: await buffer(request) };
    const answer = await forward(sandbox.url, damage ? damage(sent) : sent);
    const { status, headers: answered, body } = spoil(answer, path);
    response.writeHead(status, { ...answered, "content-length": Buffer.byteLength(body) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    statesUrl: `${url}/_states`,
    stateErrors,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox?.close();
    },
  };
}

/** As it is, byte for byte: `fetch` sends no body with GET. */
function forward(baseUrl: string, { method, path, headers, body }: Parameters<Damage>[0]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(`${baseUrl}${path}`, { method, headers: { ...headers, "content-length": body.length }, agent: false }, async (answer) => {
      const { "transfer-encoding": _, ...answered } = answer.headers;
      resolve({ status: answer.statusCode ?? 0, headers: answered, body: (await buffer(answer)).toString() });
    });
    outgoing.on("error", reject).end(body);
  });
}
