import { operations } from "@codegames/contract";
import * as comparator from "@pactflow/openapi-pact-comparator";

interface Result {
  code: string;
  message: string;
  mockDetails?: { interactionDescription?: string };
}

/** Its declarations import each other without endings, which Node's way of resolving does not find. */
const { Comparator } = comparator as unknown as { Comparator: new (options: { oas: object }) => { compare(pact: object): AsyncIterable<Result> } };

/** What the comparator has to say against a pact, warnings too; it looks at the examples, and not at the matchers. */
export async function disagreements(openapi: object, pact: object): Promise<string[]> {
  const found: string[] = [];
  for await (const { code, message, mockDetails } of new Comparator({ oas: structuredClone(openapi) }).compare(structuredClone(pact))) {
    found.push(`${mockDetails?.interactionDescription}: ${code}: ${message}`);
  }
  return found;
}

interface Pact {
  interactions: { request: { method: string; path: string }; response: { status: number; body: { content: { status?: unknown } } } }[];
}

type Table = Readonly<Record<string, { id: string; method: string; path: string; response: { httpStatus: number }; outcomes: object; problems: object }>>;

/** The statuses and HTTP codes of the contract that do not occur in a pact. */
export function missingFrom({ interactions }: Pact, table: Table = operations): string[] {
  return Object.values(table).flatMap(({ id, method, path, response, outcomes, problems }) => {
    const own = interactions.filter(({ request }) => request.method === method && request.path === path);
    const codes = new Set(own.map((each) => each.response.status));
    const statuses = new Set(own.filter((each) => each.response.status === response.httpStatus).map((each) => each.response.body.content.status));
    return [
      ...Object.keys(outcomes).filter((status) => !statuses.has(status)).map((status) => `${id}: ${status}`),
      ...Object.keys(problems).filter((code) => !codes.has(Number(code))).map((code) => `${id}: HTTP ${code}`),
    ];
  });
}
