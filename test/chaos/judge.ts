import type { Operation } from "@codegames/retry-queue";
import type { LedgerEntry } from "@codegames/sandbox";

/** A `pay()` that returned to its caller. The worker logs it before it sends a message about it. */
export interface Accepted {
  txn_id: string;
  state: string;
  at: number;
  pid: number;
}

/** A request as it arrived at the fault proxy. */
export interface Call {
  endpoint: string;
  txn_id: string;
  at: number;
  fault: string | undefined;
}

/** A sale in the ledger of the sandbox. */
export type Sale = Pick<LedgerEntry, "txn_id" | "partner_txn_id" | "key">;

/** A row that `onSettled` wrote in the transaction of a settlement. Its table would accept a second one. */
export interface SinkRow {
  txn_id: string;
  outcome: string;
  by: string;
  key_hash: string | null;
  at: number;
  pid: number;
}

/** The logs of a run. Four independent parties write the first four; the queue reports the last two. */
export interface Logs {
  accepted: readonly Accepted[];
  calls: readonly Call[];
  ledger: readonly Sale[];
  sink: readonly SinkRow[];
  operations: readonly Pick<Operation, "txn_id" | "state" | "attention">[];
  /** The operations that `unresolved()` lists. */
  listed: readonly string[];
}

/** The rules that must hold, in the order of the printed table. */
export const rules = {
  missing: "no accepted operation missing",
  unlisted: "unresolved => listed for the operator, and not settled",
  "settled-twice": "exactly one settlement each",
  "not-its-settlement": "the settlement is the one that the operation shows",
  "sold-and-refunded": "sold => never cancelled or rejected",
  "delivered-and-not-sold": "succeeded => sold",
  "sold-twice": "at most one sale per txn",
  "wrong-key": "the delivered key is the sold key",
  "paid-twice": "at most one POST /pay per txn",
  "paid-after-settlement": "no pay after settlement",
  "too-many-attempts": "attempts <= the policy",
} as const;

export interface Violation {
  rule: keyof typeof rules;
  txn_id: string;
  detail: string;
}

/** Everything in the logs about one operation. */
interface Evidence {
  isAccepted: boolean;
  state: string | undefined;
  isListed: boolean;
  settlements: readonly SinkRow[];
  sales: readonly Sale[];
  pays: readonly Call[];
  statusCalls: readonly Call[];
}

type Fail = (rule: Violation["rule"], detail: string) => void;

/** Compares the logs of a run. `hash`: of a product key, as the sink stores it. */
export function judge(logs: Logs, policy: { attempts: number }, hash: (key: string) => string): Violation[] {
  const violations: Violation[] = [];
  for (const [txnId, evidence] of evidenceByTxnId(logs)) {
    const fail: Fail = (rule, detail) => violations.push({ rule, txn_id: txnId, detail });
    checkState(evidence, fail);
    const { settlements, sales, pays, statusCalls } = evidence;
    if (settlements.length > 1) {
      fail("settled-twice", settlements.map(({ outcome, by }) => `${outcome} by ${by}`).join(", "));
    }
    for (const settlement of settlements) checkSettlement(settlement, evidence, hash, fail);
    if (sales.length > 1) fail("sold-twice", sales.map(({ partner_txn_id }) => partner_txn_id).join(", "));
    if (pays.length > 1) fail("paid-twice", `${pays.length} requests`);
    if (statusCalls.length > policy.attempts) {
      fail("too-many-attempts", `${statusCalls.length} calls, allowed are ${policy.attempts}`);
    }
  }
  return violations;
}

function evidenceByTxnId(logs: Logs): Map<string, Evidence> {
  const accepted = new Set(logs.accepted.map(({ txn_id }) => txn_id));
  const operations = new Map(logs.operations.map((operation) => [operation.txn_id, operation]));
  const sink = Map.groupBy(logs.sink, ({ txn_id }) => txn_id);
  const sales = Map.groupBy(logs.ledger, ({ txn_id }) => txn_id);
  const callsOf = (name: string) =>
    Map.groupBy(
      logs.calls.filter(({ endpoint }) => endpoint === name),
      ({ txn_id }) => txn_id,
    );
  const pays = callsOf("pay");
  const statusCalls = callsOf("status");
  const listed = new Set(logs.listed);
  const all = [accepted, operations, sink, sales, pays, statusCalls].flatMap((each) => [...each.keys()]);
  return new Map(
    [...new Set(all)].map((txnId) => [
      txnId,
      {
        isAccepted: accepted.has(txnId),
        state: operations.get(txnId)?.state,
        isListed: listed.has(txnId),
        settlements: sink.get(txnId) ?? [],
        sales: sales.get(txnId) ?? [],
        pays: pays.get(txnId) ?? [],
        statusCalls: statusCalls.get(txnId) ?? [],
      },
    ]),
  );
}

const finalStates = ["succeeded", "rejected", "cancelled"];

function checkState({ isAccepted, state, isListed, settlements, pays }: Evidence, fail: Fail): void {
  if (state === undefined) {
    fail("missing", `the queue does not know it; pay() returned: ${isAccepted}, pays on the wire: ${pays.length}`);
  } else if (state === "unresolved") {
    if (!isListed) fail("unlisted", "it is unresolved, but unresolved() does not list it");
    if (settlements.length > 0) {
      fail("unlisted", `it is unresolved, but was settled: ${settlements.map(({ outcome }) => outcome).join(", ")}`);
    }
  } else if (!finalStates.includes(state)) fail("missing", `it is still ${state}`);
  else if (settlements.length === 0) fail("missing", `it is ${state}, but onSettled has written nothing`);
}

function checkSettlement(settlement: SinkRow, evidence: Evidence, hash: (key: string) => string, fail: Fail): void {
  const { outcome, key_hash: keyHash, at } = settlement;
  const { state, sales, pays } = evidence;
  if (state !== undefined && state !== "unresolved" && outcome !== state) {
    fail("not-its-settlement", `it is ${state}, but was settled as ${outcome}`);
  }
  if (outcome !== "succeeded" && sales.length > 0) {
    fail("sold-and-refunded", `${outcome}, but sold as ${sales[0]?.partner_txn_id}`);
  }
  if (outcome === "succeeded" && sales.length === 0) fail("delivered-and-not-sold", "it is not in the ledger");
  if (keyHash !== null && !sales.some(({ key }) => key !== undefined && hash(key) === keyHash)) {
    fail("wrong-key", `a key with the hash ${keyHash} was delivered`);
  }
  const late = pays.filter((pay) => pay.at > at);
  if (late.length > 0) fail("paid-after-settlement", late.map((pay) => `${pay.at - at} ms after it`).join(", "));
}

type AuditTrail = readonly { at: Date; kind: string; detail: unknown }[];

/** Lists everything that the logs and the audit trail say about one operation, by time. */
export function historyOf(txnId: string, logs: Logs, trail: AuditTrail): string[] {
  const own = <Entry extends { txn_id: string }>(entries: readonly Entry[]) =>
    entries.filter(({ txn_id }) => txn_id === txnId);
  const lines: { at: number; line: string }[] = [
    ...own(logs.accepted).map(({ at, state, pid }) => ({ at, line: `pay() returned ${state} in process ${pid}` })),
    ...own(logs.calls).map(({ at, endpoint, fault }) => ({
      at,
      line: `/${endpoint} on the wire${fault ? `, fault ${fault}` : ""}`,
    })),
    ...own(logs.sink).map(({ at, outcome, by, pid }) => ({
      at,
      line: `settled as ${outcome} by ${by} in process ${pid}`,
    })),
    ...trail.map(({ at, kind, detail }) => ({ at: at.getTime(), line: `event ${kind} ${JSON.stringify(detail)}` })),
  ];
  const sales = own(logs.ledger).map(({ partner_txn_id }) => `sold as ${partner_txn_id}`);
  const [operation] = own(logs.operations);
  const json = JSON.stringify(operation, (_, value) => (typeof value === "bigint" ? String(value) : value));
  return [
    ...lines.toSorted((a, b) => a.at - b.at).map(({ at, line }) => `${new Date(at).toISOString()}  ${line}`),
    `in the ledger: ${sales.join(", ") || "no sale"}`,
    `in the queue: ${json ?? "nothing"}`,
  ];
}
