import type { Operation } from "@codegames/codec";
import type { Verdict } from "./classify.ts";

/**
 * Turns a refusal into an unknown outcome where a request can be sent twice (interpretation C11): the first copy may
 * have sold the last key, and the refusal answer the second. Likewise a call that found
 * no connection: its first copy may have been sent. Only an operation with an inquiry can settle that.
 */
export function withholdRefusal<V extends Verdict>({ id, inquiry }: Operation, verdict: V): V | Verdict {
  if (!inquiry) return verdict;
  const unset = { retryAfterMs: undefined, problem: undefined };
  if (verdict.outcome === "not-sent" && verdict.reason === "unreachable") {
    const detail = `${id} had no connection in the end, and its first copy can have left: ask ${inquiry.operation}`;
    const none = { status: undefined, httpStatus: undefined, deviations: [] };
    return { outcome: "unknown", reason: "connection", ...none, ...unset, detail };
  }
  if (verdict.outcome !== "rejected" && verdict.outcome !== "absent") return verdict;
  const { status, httpStatus, deviations } = verdict;
  const why = "the request can have been sent twice, and this be the second answer";
  const detail = `${status} is not final for ${id}: ${why}: ask ${inquiry.operation}`;
  return { outcome: "unknown", reason: "not-final", status, httpStatus, ...unset, detail, deviations };
}
