import type { Client } from "@codegames/client";

/** Turns the rejections of a client into `unknown` results: a client of yours may reject, and nobody knows what it sent. */
export function catchRejections(client: Pick<Client, "pay" | "status">): Pick<Client, "pay" | "status"> {
  const unknown = (error: unknown) =>
    ({
      outcome: "unknown",
      reason: "connection",
      status: undefined,
      httpStatus: undefined,
      retryAfterMs: undefined,
      problem: undefined,
      detail: `the client rejected (${error instanceof Error ? error.name : typeof error})`,
      attemptId: "",
      elapsedMs: 0,
    }) as const;
  return {
    pay: async (request, options) => client.pay(request, options).catch(unknown),
    status: async (request, options) => client.status(request, options).catch(unknown),
  };
}
