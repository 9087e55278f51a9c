import { bearer, createClient } from "@codegames/client";
import { type Codec, describeIssue, operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";

/** One example of the contract, as the client saw it. */
export interface ExampleCall {
  operation: string;
  example: string;
  httpStatus: number | undefined;
  /** The status of the answer; undefined when it has none that the client reads. */
  status: string | undefined;
  outcome: string;
  elapsedMs: number;
  /** How the result differs from what the contract says; empty when it does not. */
  mismatches: string[];
}

/**
 * Asks a mock for every example of every operation, one after the other, through the generated client, and compares
 * each result with the contract.
 */
export async function* callExamples(baseUrl: string): AsyncGenerator<ExampleCall> {
  for (const [operation, { request, responses }] of Object.entries(examples)) {
    for (const [httpStatus, named] of Object.entries<Record<string, object>>(responses)) {
      for (const [example, body] of Object.entries(named)) {
        const call = { operation: operation as keyof typeof operations, httpStatus: Number(httpStatus), example, body };
        yield callExample(baseUrl, call, request.request);
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
  const seen = {
    outcome: result.outcome,
    status: "status" in result ? result.status : undefined,
    httpStatus: "httpStatus" in result ? result.httpStatus : undefined,
    body: "body" in result ? textOf(codec, result.body) : undefined,
  };
  const mismatches = Object.entries(expected(call)).flatMap(([name, value]) => {
    const actual = seen[name as keyof typeof seen];
    return actual === value ? [] : [`${name} is ${actual}, should be ${value}`];
  });
  return { ...call, ...seen, elapsedMs: result.elapsedMs, mismatches };
}

/** What the contract says of an example: its class by `x-outcome`; an HTTP error decides nothing. */
function expected({ operation, httpStatus, body }: Call) {
  if (httpStatus >= 400) return { outcome: "unknown", httpStatus };
  const outcomes: Record<string, string> = operations[operation].outcomes;
  const status = String(body.status);
  return { outcome: outcomes[status], status, httpStatus, body: textOf(operations[operation].response.codec, body) };
}

/** A body as it is on the wire, its secrets included: the examples are published. */
function textOf(codec: Codec<any>, body: unknown): string {
  const encoded = codec.encode(body);
  return encoded.ok ? encoded.text : describeIssue(encoded.issue);
}
