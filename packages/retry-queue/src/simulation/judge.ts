import type { Policy } from "../options.ts";
import type { SimHub } from "./sim-hub.ts";

/** A row that `onSettled` wrote in the transaction of a settlement. */
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
  sinkRows: readonly SinkRow[];
  crashes: number;
  /** Calls of the database that failed, and crashes: each can have cost an attempt. */
  lapses: number;
}

/** Lists the broken promises of a run. */
export function judge({ hub, policy, txnIds, acknowledged, operations, sinkRows, crashes, lapses }: Evidence): string[] {
  const wrong: string[] = [];
  for (const txnId of txnIds) {
    const say = (what: string) => wrong.push(`${txnId} ${what}`);
    const truth = hub.transactions.get(txnId);
    const operation = operations.find(({ txn_id }) => txn_id === txnId);
    const settlements = sinkRows.filter(({ txn_id }) => txn_id === txnId);
    if (!truth) continue;
    if (!acknowledged.has(txnId)) say("was never acknowledged to the application");
    if (!operation) {
      say("is lost");
      continue;
    }
    const { state } = operation;
    const isSold = truth.state === "sold";
    if (truth.pays > 1) say(`was paid ${truth.pays} times`);
    if (truth.checks > policy.attempts) say(`was asked about ${truth.checks} times, and ${policy.attempts} are allowed`);
    if (settlements.length > 1) say(`was settled ${settlements.length} times`);
    if (state === "pending" || state === "not-sent") say(`is ${state} at the end`);
    if (state === "unresolved") {
      if (settlements.length > 0) say("is unresolved and was settled");
      if (truth.checks + lapses < policy.attempts) say(`is unresolved after ${truth.checks} of ${policy.attempts} calls`);
      continue;
    }
    const [settlement] = settlements;
    if (!settlement) say(`is ${state}, and nobody was told`);
    else if (settlement.outcome !== state) say(`is ${state}, and was settled as ${settlement.outcome}`);
    if (isSold && state !== "succeeded") say(`was sold, and is ${state}`);
    if (!isSold && state === "succeeded") say("is succeeded, and was not sold");
    if (truth.plan !== "no key" && settlement?.outcome === "succeeded" && settlement.has_product === settlement.key_missing) say("has a wrong word on its key");
    if (truth.plan === "answered" && truth.pays === 1 && crashes === 0 && settlement && !settlement.has_product) say("lost its product without a crash");
  }
  return wrong;
}
