import type { PayResult, StatusResult } from "@codegames/client";
import { conceal } from "@codegames/codec";

// Results of calls, as the client gives them.

const attempt = { attemptId: "1", elapsedMs: 1, deviations: [] };
const noDetails = { status: undefined, httpStatus: undefined, retryAfterMs: undefined, problem: undefined };

export const unknown = (reason = "timeout", more = {}) =>
  ({ outcome: "unknown", reason, ...noDetails, detail: "unclear", ...attempt, ...more }) as PayResult & StatusResult;

export const notSent = {
  outcome: "not-sent",
  reason: "unreachable",
  detail: "there is no connection",
  ...attempt,
} as const satisfies PayResult & StatusResult;

export const sold = {
  outcome: "succeeded",
  status: "OK",
  body: { status: "OK", partner_txn_id: "P-1" },
  httpStatus: 200,
  ...attempt,
} as const satisfies StatusResult;

export const absent = {
  outcome: "absent",
  status: "TXN_NOT_FOUND",
  body: { status: "TXN_NOT_FOUND" },
  httpStatus: 200,
  ...attempt,
} as const satisfies StatusResult;

export const paid: PayResult = {
  outcome: "succeeded",
  status: "OK",
  httpStatus: 200,
  ...attempt,
  body: { status: "OK", partner_txn_id: "P-1", product: { id: 1n, name: "Card", productKey: conceal("KEY-17") } },
};
