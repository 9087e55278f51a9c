import { bearer, createClient } from "@codegames/client";
import { type Codec, describeIssue, operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";

/** How the client read one example of the contract. */
export interface ExampleCall {
  operation: string;
  example: string;
  httpStatus: number | undefined;
  /** Undefined when the client read no status, as under HTTP 500. */
  status: string | undefined;
  outcome: string;
  elapsedMs: number;
  /** The differences between the result and the contract; empty when they agree. */
  mismatches: string[];
}

/**
 * Requests every example of every operation from a mock, one after the other, through the generated client. Compares
 * each result with the contract.
 */
export async function* callExamples(baseUrl: string): AsyncGenerator<ExampleCall> {
  for (const [operation, { request, responses }] of Object.entries(examples)) {
    for (const [httpStatus, bodies] of Object.entries<Record<string, object>>(responses)) {
      for (const [example, body] of Object.entries(bodies)) {
        const call = { operation: operation as keyof typeof operations, httpStatus: Number(httpStatus), example, body };
        yield callExample(baseUrl, call, request.OK);
      }
    }
  }
}

interface Call {
  operation: keyof typeof operations;
  httpStatus: number;
  example: string;
  body: { status?: unknown };
}

async function callExample(baseUrl: string, call: Call, request: object): Promise<ExampleCall> {
  const client = createClient({
    baseUrl,
    auth: bearer("any"),
    hooks: { onRequest: ({ headers }) => headers.set("prefer", `code=${call.httpStatus}, example=${call.example}`) },
  });
  const result = await client[call.operation](request as never);
  const { codec } = operations[call.operation].response;
  const actual = {
    outcome: result.outcome,
    status: "status" in result ? result.status : undefined,
    httpStatus: "httpStatus" in result ? result.httpStatus : undefined,
    body: "body" in result ? textOf(codec, result.body) : undefined,
  };
  const mismatches = Object.entries(expectedResult(call)).flatMap(([name, expected]) => {
    const value = actual[name as keyof typeof actual];
    return value === expected ? [] : [`${name} is ${value}, should be ${expected}`];
  });
  return { ...call, ...actual, elapsedMs: result.elapsedMs, mismatches };
}

/** The result that the contract demands: the class that `x-outcome` gives the status, or unknown for an HTTP error. */
function expectedResult({ operation, httpStatus, body }: Call) {
  if (httpStatus >= 400) return { outcome: "unknown", httpStatus };
  const outcomes: Record<string, string> = operations[operation].outcomes;
  const status = String(body.status);
  return { outcome: outcomes[status], status, httpStatus, body: textOf(operations[operation].response.codec, body) };
}

/** Writes a body as it goes over the wire, with its secrets in clear: the examples are published. */
// oxlint-disable-next-line typescript/no-explicit-any -- bodies differ by operation, and encode() checks them
function textOf(codec: Codec<any>, body: unknown): string {
  const encoded = codec.encode(body);
  return encoded.ok ? encoded.text : describeIssue(encoded.issue);
}
