import type { Operation } from "@codegames/retry-queue";

/** A `pay()` that returned to its caller, as the worker wrote it down before it told anybody. */
export interface Accepted {
  txn_id: string;
  state: string;
  at: number;
  pid: number;
}

/** A request as the provider's side of the wire saw it. */
export interface Call {
  operation: string;
  txn_id: string;
  at: number;
  fault: string | undefined;
}

/** A sale in the ledger of the provider. */
export interface Sale {
  txn_id: string;
  partner_txn_id: string;
  key: string | undefined;
}

/** What `onSettled` did, in the transaction of the settlement. There is nothing in its table that keeps a second one out. */
export interface Sunk {
  txn_id: string;
  outcome: string;
  by: string;
  key_hash: string | null;
  at: number;
  pid: number;
}

/** What a run leaves behind. The first four are written by parties that know nothing of each other; the last two say what the queue makes of it. */
export interface Logs {
  accepted: readonly Accepted[];
  calls: readonly Call[];
  ledger: readonly Sale[];
  sink: readonly Sunk[];
  operations: readonly Pick<Operation, "txn_id" | "state" | "attention">[];
  /** The operations that `unresolved()` lists. */
  listed: readonly string[];
}

/** What must hold, in the order of the table that is printed. */
export const rules = {
  missing: "no accepted operation missing",
  unlisted: "unresolved => listed for a person, and not settled",
  "settled-twice": "exactly one settlement each",
  "not-its-settlement": "the settlement is the one that the operation shows",
  "sold-and-refunded": "sold => never cancelled or rejected",
  "delivered-and-not-sold": "succeeded => sold",
  "sold-twice": "at most one sale per txn",
  "wrong-key": "the key that was delivered is the one that was sold",
  "paid-twice": "at most one POST /pay per txn",
  "paid-after-settlement": "no pay after settlement",
  "too-many-attempts": "attempts <= the policy",
} as const;

export interface Violation {
  rule: keyof typeof rules;
  txn_id: string;
  detail: string;
}

const final = ["succeeded", "rejected", "cancelled"];

/** Compares the logs of a run. `hash`: of a product key, as the sink has it. */
export function judge(logs: Logs, policy: { attempts: number }, hash: (key: string) => string): Violation[] {
  const accepted = new Set(logs.accepted.map(({ txn_id }) => txn_id));
  const operations = new Map(logs.operations.map((operation) => [operation.txn_id, operation]));
  const sink = Map.groupBy(logs.sink, ({ txn_id }) => txn_id);
  const sales = Map.groupBy(logs.ledger, ({ txn_id }) => txn_id);
  const pays = Map.groupBy(logs.calls.filter(({ operation }) => operation === "pay"), ({ txn_id }) => txn_id);
  const asked = Map.groupBy(logs.calls.filter(({ operation }) => operation === "status"), ({ txn_id }) => txn_id);
  const listed = new Set(logs.listed);
  const violations: Violation[] = [];

  for (const txn_id of new Set([...accepted, ...operations.keys(), ...sink.keys(), ...sales.keys(), ...pays.keys(), ...asked.keys()])) {
    const fail = (rule: Violation["rule"], detail: string) => violations.push({ rule, txn_id, detail });
    const state = operations.get(txn_id)?.state;
    const settlements = sink.get(txn_id) ?? [];
    const sold = sales.get(txn_id) ?? [];
    const sent = pays.get(txn_id) ?? [];
    const attempts = asked.get(txn_id)?.length ?? 0;

    if (state === undefined) fail("missing", `the queue does not know it; pay() returned: ${accepted.has(txn_id)}, pays on the wire: ${sent.length}`);
    else if (state === "unresolved") {
      if (!listed.has(txn_id)) fail("unlisted", "it is unresolved, and unresolved() does not list it");
      if (settlements.length > 0) fail("unlisted", `it is unresolved, and was settled: ${settlements.map(({ outcome }) => outcome).join(", ")}`);
    } else if (!final.includes(state)) fail("missing", `it is still ${state}`);
    else if (settlements.length === 0) fail("missing", `it is ${state}, and nothing was settled`);

    if (settlements.length > 1) fail("settled-twice", settlements.map(({ outcome, by }) => `${outcome} by ${by}`).join(", "));
    for (const { outcome, key_hash, at } of settlements) {
      if (state !== undefined && state !== "unresolved" && outcome !== state) fail("not-its-settlement", `it is ${state}, and was settled as ${outcome}`);
      if (outcome !== "succeeded" && sold.length > 0) fail("sold-and-refunded", `${outcome}, and sold as ${sold[0]?.partner_txn_id}`);
      if (outcome === "succeeded" && sold.length === 0) fail("delivered-and-not-sold", "it is not in the ledger");
      if (key_hash !== null && !sold.some(({ key }) => key !== undefined && hash(key) === key_hash)) fail("wrong-key", `a key with the hash ${key_hash} was delivered`);
      const late = sent.filter((pay) => pay.at > at);
      if (late.length > 0) fail("paid-after-settlement", late.map((pay) => `${pay.at - at} ms after it`).join(", "));
    }
    if (sold.length > 1) fail("sold-twice", sold.map(({ partner_txn_id }) => partner_txn_id).join(", "));
    if (sent.length > 1) fail("paid-twice", `${sent.length} requests`);
    if (attempts > policy.attempts) fail("too-many-attempts", `${attempts} calls, allowed are ${policy.attempts}`);
  }
  return violations;
}

/** All that is known of one operation, by time. */
export function historyOf(txnId: string, logs: Logs, trail: readonly { at: Date; kind: string; detail: unknown }[]): string[] {
  const lines: [at: number, line: string][] = [
    ...logs.accepted.filter(({ txn_id }) => txn_id === txnId).map(({ at, state, pid }): [number, string] => [at, `pay() returned ${state} in process ${pid}`]),
    ...logs.calls.filter(({ txn_id }) => txn_id === txnId).map(({ at, operation, fault }): [number, string] => [at, `/${operation} on the wire${fault ? `, fault ${fault}` : ""}`]),
    ...logs.sink.filter(({ txn_id }) => txn_id === txnId).map(({ at, outcome, by, pid }): [number, string] => [at, `settled as ${outcome} by ${by} in process ${pid}`]),
    ...trail.map(({ at, kind, detail }): [number, string] => [at.getTime(), `event ${kind} ${JSON.stringify(detail)}`]),
  ];
  const sales = logs.ledger.filter((sale) => sale.txn_id === txnId).map(({ partner_txn_id }) => `sold as ${partner_txn_id}`);
  const operation = logs.operations.find(({ txn_id }) => txn_id === txnId);
  return [
    ...lines.toSorted(([a], [b]) => a - b).map(([at, line]) => `${new Date(at).toISOString()}  ${line}`),
    `in the ledger: ${sales.join(", ") || "no sale"}`,
    `in the queue: ${JSON.stringify(operation, (_, value) => (typeof value === "bigint" ? String(value) : value)) ?? "nothing"}`,
  ];
}
