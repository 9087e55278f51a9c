import type { Policy } from "../policy.ts";
import type { SimHub } from "./sim-hub.ts";

/** A row that `onSettled` has written in the transaction of a settlement. */
export interface SinkRow {
  txn_id: string;
  operation_id: string;
  outcome: string;
  has_product: boolean;
  key_missing: boolean;
  at_ms: number;
}

export interface Evidence {
  hub: Pick<SimHub, "transactions">;
  policy: Pick<Policy, "attempts">;
  txnIds: readonly string[];
  acknowledged: ReadonlyMap<string, string>;
  operations: readonly { txn_id: string; state: string; settlement: { outcome: string } | null }[];
  sink: readonly SinkRow[];
  crashes: number;
  /** Failed database calls and crashes: each can have cost an attempt. */
  lostAttempts: number;
}

/** Lists the broken promises of a run; empty when it kept all of them. */
export function judge(evidence: Evidence): string[] {
  return evidence.txnIds.flatMap((txnId) => {
    const truth = evidence.hub.transactions.get(txnId);
    if (!truth) return [];
    const operation = evidence.operations.find(({ txn_id }) => txn_id === txnId);
    const settlements = evidence.sink.filter(({ txn_id }) => txn_id === txnId);
    const violations = operation
      ? [
          ...judgeCalls(evidence, truth, operation.state, settlements),
          ...judgeEnd(evidence, truth, operation.state, settlements),
        ]
      : ["is lost"];
    if (!evidence.acknowledged.has(txnId)) violations.unshift("was never acknowledged to the application");
    return violations.map((violation) => `${txnId} ${violation}`);
  });
}

type Truth = NonNullable<ReturnType<SimHub["transactions"]["get"]>>;

function judgeCalls({ policy }: Evidence, truth: Truth, state: string, settlements: readonly SinkRow[]): string[] {
  const violations: string[] = [];
  if (truth.pays > 1) violations.push(`was paid ${truth.pays} times`);
  if (truth.checks > policy.attempts) {
    violations.push(`had ${truth.checks} status calls, and ${policy.attempts} are allowed`);
  }
  if (settlements.length > 1) violations.push(`was settled ${settlements.length} times`);
  if (state === "pending" || state === "not-sent") violations.push(`is ${state} at the end`);
  return violations;
}

function judgeEnd(evidence: Evidence, truth: Truth, state: string, settlements: readonly SinkRow[]): string[] {
  const violations: string[] = [];
  const report = (violation: string) => violations.push(violation);
  const { policy, lostAttempts, crashes } = evidence;
  if (state === "unresolved") {
    if (settlements.length > 0) report("is unresolved and was settled");
    const isEarly = truth.checks + lostAttempts < policy.attempts;
    if (isEarly) report(`is unresolved after ${truth.checks} of ${policy.attempts} calls`);
    return violations;
  }
  const isSold = truth.state === "sold";
  const [settlement] = settlements;
  if (!settlement) report(`is ${state}, but onSettled has written nothing`);
  else if (settlement.outcome !== state) report(`is ${state}, and was settled as ${settlement.outcome}`);
  if (isSold && state !== "succeeded") report(`was sold, and is ${state}`);
  if (!isSold && state === "succeeded") report("is succeeded, and was not sold");
  const isDelivered = settlement?.outcome === "succeeded" && truth.plan !== "no key";
  if (isDelivered && settlement.has_product === settlement.key_missing) report("has a wrong isKeyMissing");
  const wasAnswered = truth.plan === "answered" && truth.pays === 1;
  if (wasAnswered && crashes === 0 && settlement && !settlement.has_product) report("lost its product without a crash");
  return violations;
}
