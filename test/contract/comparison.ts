import { operations } from "@codegames/contract";
import * as comparator from "@pactflow/openapi-pact-comparator";

interface Result {
  code: string;
  message: string;
  mockDetails?: { interactionDescription?: string };
}

type ComparatorClass = new (options: { oas: object }) => { compare(pact: object): AsyncIterable<Result> };

/**
 * Typed by hand: the declarations of the package (2.3.1) import files without endings, and nodenext cannot resolve
 * those.
 */
const { Comparator } = comparator as unknown as { Comparator: ComparatorClass };

/** The errors and warnings of the comparator about a pact. It compares the examples of the pact, not its matchers. */
export async function findDisagreements(openapi: object, pact: object): Promise<string[]> {
  const found: string[] = [];
  const results = new Comparator({ oas: structuredClone(openapi) }).compare(structuredClone(pact));
  for await (const { code, message, mockDetails } of results) {
    found.push(`${mockDetails?.interactionDescription}: ${code}: ${message}`);
  }
  return found;
}

interface Pact {
  interactions: {
    request: { method: string; path: string };
    response: { status: number; body: { content: { status?: unknown } } };
  }[];
}

interface OperationRow {
  id: string;
  method: string;
  path: string;
  response: { httpStatus: number };
  outcomes: object;
  problems: object;
}

/** The statuses and HTTP codes of the contract that a pact lacks. */
export function findMissing(
  { interactions }: Pact,
  table: Readonly<Record<string, OperationRow>> = operations,
): string[] {
  return Object.values(table).flatMap(({ id, method, path, response, outcomes, problems }) => {
    const own = interactions.filter(({ request }) => request.method === method && request.path === path);
    const codes = new Set(own.map((each) => each.response.status));
    const successful = own.filter((each) => each.response.status === response.httpStatus);
    const statuses = new Set(successful.map((each) => each.response.body.content.status));
    return [
      ...Object.keys(outcomes)
        .filter((status) => !statuses.has(status))
        .map((status) => `${id}: ${status}`),
      ...Object.keys(problems)
        .filter((code) => !codes.has(Number(code)))
        .map((code) => `${id}: HTTP ${code}`),
    ];
  });
}
