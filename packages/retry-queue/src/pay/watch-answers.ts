import type { Client, PayResult, StatusResult } from "@codegames/client";

/**
 * Shows every answer to `onAnswer`, and turns rejections into `unknown`: a client that `createClient` did not make may
 * reject after its request left.
 */
export function watchAnswers(
  client: Pick<Client, "pay" | "status">,
  onAnswer: (txnId: string, result: PayResult | StatusResult) => void,
): Pick<Client, "pay" | "status"> {
  const watched = async <Result extends PayResult | StatusResult>(txnId: string, call: () => Promise<Result>) => {
    const result = await call().catch(unknown);
    onAnswer(txnId, result);
    return result;
  };
  return {
    pay: (request, options) => watched(request.txn_id, async () => client.pay(request, options)),
    status: (request, options) => watched(request.txn_id, async () => client.status(request, options)),
  };
}

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
