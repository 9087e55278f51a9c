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
export function judge({
  hub,
  policy,
  txnIds,
  acknowledged,
  operations,
  sink,
  crashes,
  lostAttempts,
}: Evidence): string[] {
  const violations: string[] = [];
  for (const txnId of txnIds) {
    const report = (violation: string) => violations.push(`${txnId} ${violation}`);
    const truth = hub.transactions.get(txnId);
    const operation = operations.find(({ txn_id }) => txn_id === txnId);
    const settlements = sink.filter(({ txn_id }) => txn_id === txnId);
    if (!truth) continue;
    if (!acknowledged.has(txnId)) report("was never acknowledged to the application");
    if (!operation) {
      report("is lost");
      continue;
    }
    const { state } = operation;
    const isSold = truth.state === "sold";
    if (truth.pays > 1) report(`was paid ${truth.pays} times`);
    if (truth.checks > policy.attempts) report(`had ${truth.checks} status calls, and ${policy.attempts} are allowed`);
    if (settlements.length > 1) report(`was settled ${settlements.length} times`);
    if (state === "pending" || state === "not-sent") report(`is ${state} at the end`);
    if (state === "unresolved") {
      if (settlements.length > 0) report("is unresolved and was settled");
      if (truth.checks + lostAttempts < policy.attempts) {
        report(`is unresolved after ${truth.checks} of ${policy.attempts} calls`);
      }
      continue;
    }
    const [settlement] = settlements;
    if (!settlement) report(`is ${state}, but onSettled has written nothing`);
    else if (settlement.outcome !== state) report(`is ${state}, and was settled as ${settlement.outcome}`);
    if (isSold && state !== "succeeded") report(`was sold, and is ${state}`);
    if (!isSold && state === "succeeded") report("is succeeded, and was not sold");
    const isDelivered = settlement?.outcome === "succeeded" && truth.plan !== "no key";
    if (isDelivered && settlement.has_product === settlement.key_missing) report("has a wrong isKeyMissing");
    const wasAnswered = truth.plan === "answered" && truth.pays === 1;
    if (wasAnswered && crashes === 0 && settlement && !settlement.has_product)
      report("lost its product without a crash");
  }
  return violations;
}
