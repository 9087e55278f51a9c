import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bearer, type Client, createClient } from "@codegames/client";
import { operations } from "@codegames/contract";
import { PactV4 } from "@pact-foundation/pact";
import { parse, print } from "./exact-json.ts";
import type { Interaction } from "./interactions.ts";
import { consumer, provider } from "./pact-file.ts";

/**
 * Lets the client make the call against the mock of Pact, gives its result, and adds the interaction to the pact in a
 * folder. Rejects when the request is not exactly the one of the interaction, or never comes.
 */
export async function exercise(interaction: Interaction, dir: string, call = callOf(interaction)): Promise<unknown> {
  const { operation, description, state, token, request, httpStatus, headers, body } = interaction;
  const { method, path } = operations[operation];
  const pact = new PactV4({ consumer, provider, dir, logLevel: "error", cors: false });
  return pact
    .addInteraction()
    .given(state.name, state.params)
    .uponReceiving(description)
    .withRequest(method, path, (builder) => {
      // As text: Pact would make a double of an int64.
      builder.headers({ "Content-Type": "application/json", Authorization: `Bearer ${token}` }).jsonBody(print(request));
    })
    .willRespondWith(httpStatus, (builder) => {
      builder.headers(headers as Record<string, string>).jsonBody(print(body));
    })
    .executeTest(({ url }) => call(createClient({ baseUrl: url, auth: bearer(token) })));
}

const callOf = ({ operation, request }: Interaction) => (client: Client): Promise<unknown> => client[operation](request as never);

/** The pact that the calls left in a folder, the same on each run and each machine. */
export function readPact(dir: string): string {
  return normalise(readFileSync(join(dir, `${consumer}-${provider}.json`), "utf8"));
}

/** Sorts the interactions, and leaves out which versions of Pact wrote them. */
function normalise(text: string): string {
  const { interactions, metadata, ...pact } = parse(text);
  // pact-js calls every JSON body application/json.
  for (const { response } of interactions) response.body.contentType = response.headers["Content-Type"][0];
  const sorted = interactions.toSorted((a: Described, b: Described) => (a.description < b.description ? -1 : 1));
  return `${print({ ...pact, interactions: sorted, metadata: { pactSpecification: metadata.pactSpecification } }, 2)}\n`;
}

/** How two pacts differ, by the descriptions of their interactions. */
export function differencesOf(generated: string, committed: string): string[] {
  const read = (text: string) => new Map<string, string>(parse(text).interactions.map((each: Described) => [each.description, print(each)]));
  const [now, before] = [read(generated), read(committed)];
  return [
    ...[...before.keys()].filter((each) => !now.has(each)).map((each) => `${each}: the committed pact has it and the client does not exercise it`),
    ...[...now].filter(([each, text]) => before.get(each) !== text).map(([each]) => `${each}: ${before.has(each) ? "differs from" : "is not in"} the committed pact`),
  ];
}

interface Described {
  description: string;
}
