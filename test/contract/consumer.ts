import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bearer, type Client, createClient } from "@codegames/client";
import { operations } from "@codegames/contract";
import { PactV4 } from "@pact-foundation/pact";
import { parse, print } from "./exact-json.ts";
import type { Interaction } from "./interaction.ts";
import { consumer, provider } from "./pact-file.ts";

/**
 * Makes the client's call against the mock of Pact, adds the interaction to the pact in `dir`, and returns the result.
 * Rejects when the request differs from that of the interaction, or never arrives.
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
      // As text, because Pact would turn an int64 into a double.
      const requestHeaders = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
      builder.headers(requestHeaders).jsonBody(print(request));
    })
    .willRespondWith(httpStatus, (builder) => {
      builder.headers(headers as Record<string, string>).jsonBody(print(body));
    })
    .executeTest(({ url }) => call(createClient({ baseUrl: url, auth: bearer(token) })));
}

const callOf =
  ({ operation, request }: Interaction) =>
  (client: Client): Promise<unknown> =>
    client[operation](request as never);

/** Reads the pact that the calls wrote into a folder; the text is the same on each run and machine. */
export function readPact(dir: string): string {
  return normalise(readFileSync(join(dir, `${consumer}-${provider}.json`), "utf8"));
}

/** Sorts the interactions and drops the versions of Pact. */
function normalise(text: string): string {
  const { interactions, metadata, ...pact } = parse(text);
  // pact-js labels every JSON body application/json, also problem details.
  for (const { response } of interactions) response.body.contentType = response.headers["Content-Type"][0];
  const sorted = interactions.toSorted((a: Described, b: Described) => (a.description < b.description ? -1 : 1));
  const { pactSpecification } = metadata;
  return `${print({ ...pact, interactions: sorted, metadata: { pactSpecification } }, 2)}\n`;
}

/** The differences of two pacts, by the descriptions of their interactions. */
export function findDifferences(generated: string, committed: string): string[] {
  const read = (text: string) =>
    new Map<string, string>(parse(text).interactions.map((each: Described) => [each.description, print(each)]));
  const [now, before] = [read(generated), read(committed)];
  return [
    ...[...before.keys()]
      .filter((each) => !now.has(each))
      .map((each) => `${each}: is in the committed pact, but the client does not exercise it`),
    ...[...now]
      .filter(([each, text]) => before.get(each) !== text)
      .map(([each]) => `${each}: ${before.has(each) ? "differs from" : "is not in"} the committed pact`),
  ];
}

interface Described {
  description: string;
}
