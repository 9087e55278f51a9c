import type { Operation } from "@codegames/codec";
import type { Verdict } from "./classify.ts";

/**
 * Turns a refusal into an unknown outcome where a request can be sent twice (interpretation C11): the first copy may
 * have sold the last key, and the refusal answer the second. Only an operation with an inquiry can settle that.
 */
export function withholdRefusal<V extends Verdict>({ id, inquiry }: Operation, verdict: V): V | Verdict {
  if (!inquiry || (verdict.outcome !== "rejected" && verdict.outcome !== "absent")) return verdict;
  const { status, httpStatus, deviations } = verdict;
  const why = "the request can have been sent twice, and this be the second answer";
  const detail = `${status} is not final for ${id}: ${why}: ask ${inquiry.operation}`;
  const unset = { retryAfterMs: undefined, problem: undefined };
  return { outcome: "unknown", reason: "not-final", status, httpStatus, ...unset, detail, deviations };
}
