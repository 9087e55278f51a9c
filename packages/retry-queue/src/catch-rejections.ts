import type { Client } from "@codegames/client";

/** Turns rejections into `unknown`: a client that `createClient` did not make may reject after its request left. */
export function catchRejections(client: Pick<Client, "pay" | "status">): Pick<Client, "pay" | "status"> {
  const unknown = (error: unknown) =>
    ({
      outcome: "unknown",
      reason: "connection",
      status: undefined,
      httpStatus: undefined,
      retryAfterMs: undefined,
      problem: undefined,
      deviations: [],
      detail: `the client rejected (${error instanceof Error ? error.name : typeof error})`,
      attemptId: "",
      elapsedMs: 0,
    }) as const;
  return {
    pay: async (request, options) => client.pay(request, options).catch(unknown),
    status: async (request, options) => client.status(request, options).catch(unknown),
  };
}
