import type { Mutant } from "./client.ts";

const onceSettled = "await onSettled(settlement, tx, { signal: new AbortController().signal });";
const ofPay = "export function decisionOfPay(result: PayResult): Decision | undefined {";
const ofStatus = "export function decisionOfStatus(result: StatusResult): Decision | undefined {";
const nothingSold = "partner_txn_id: undefined, product: undefined";
const cancelled = `return { outcome: "cancelled", by: "status", status: "TXN_NOT_FOUND", ${nothingSold} };`;
const rejected = (status: string) => `return { outcome: "rejected", by: "pay", status: ${status}, ${nothingSold} };`;

/** Faults that would lose an operation, or settle one twice or wrongly. */
export const queueMutants: Mutant[] = [
  {
    name: "pay before the intent is on disk",
    file: "pay/payments.ts",
    from: "const added = await this.#add(intent);",
    to: `void this.#add(intent).catch(() => {});\n    const added = { kind: "added" } as AddResult;`,
  },
  {
    name: "pay again what was not answered",
    file: "pay/payments.ts",
    from: "return canBeSent && this.#context.storage.transaction((tx) => this.#store.reopen(tx, intent.txnId));",
    to: 'return added.row.request !== null && added.row.state !== "succeeded";',
  },
  {
    name: "send what slept through its time",
    test: "sends nothing when the process slept",
    file: "pay/payments.ts",
    from: "if (!isToSend || clock.now() >= sendBeforeMs)",
    to: "if (!isToSend)",
  },
  {
    name: "take another request for the known one",
    test: "refuses another request under a known",
    file: "pay/payments.ts",
    from: "if (known.request === null || known.request === request) return;",
    to: "return;",
  },
  {
    name: "take a duplicate for a refusal",
    file: "operations/decision.ts",
    from: ofPay,
    to: `${ofPay}\n  if (result.outcome === "unknown" && result.reason === "undecided") ${rejected('"TXN_DUPLICATE"')}`,
  },
  {
    name: "take a 5xx for a refusal",
    file: "operations/decision.ts",
    from: ofPay,
    to: `${ofPay}\n  if (result.outcome === "unknown" && result.httpStatus === 500) ${rejected("undefined")}`,
  },
  {
    name: "take the first TXN_NOT_FOUND for the last",
    file: "inquiry/job-leases.ts",
    from: "count >= policy.notFoundAnswers",
    to: "count >= 1",
  },
  {
    name: "count TXN_NOT_FOUND across other answers",
    file: "operations/operation-statements.ts",
    from: "CASE WHEN absent_claim = l.lease - 1 THEN",
    to: "CASE WHEN absent_claim >= 0 THEN",
  },
  {
    name: "cancel while the hub is unclear",
    file: "operations/decision.ts",
    from: ofStatus,
    to: `${ofStatus}\n  if (result.outcome === "unknown" && result.httpStatus === 503) ${cancelled}`,
  },
  {
    name: "ask once more than is allowed",
    file: "inquiry/job-leases.ts",
    from: "sentBefore(lease) + used >= attempts",
    to: "sentBefore(lease) + used > attempts",
  },
  {
    name: "count what was not sent as an attempt",
    file: "operations/operation-statements.ts",
    from: "SET unsent_claims = unsent_claims + 1",
    to: "SET unsent_claims = unsent_claims + 0",
  },
  {
    name: "cancel when the attempts are used up",
    file: "operations/operation-statements.ts",
    from: "SET state = 'unresolved', attention = 'unresolved'",
    to: "SET state = 'cancelled', attention = 'unresolved'",
  },
  {
    name: "settle outside the transaction",
    file: "operations/books.ts",
    from: onceSettled,
    to: "void Promise.resolve(onSettled(settlement, tx, { signal: new AbortController().signal })).catch(() => {});",
  },
  {
    name: "settle although onSettled throws",
    file: "operations/books.ts",
    from: onceSettled,
    to: `try {\n      ${onceSettled}\n    } catch {}`,
  },
  {
    name: "keep what one that failed among others has written",
    test: "is undone alone",
    file: "operations/books.ts",
    from: 'await this.#tx.executeSql("ROLLBACK TO SAVEPOINT book");',
    to: "",
  },
  {
    name: "let a settlement write that has ended",
    test: "that has ended writes nothing",
    file: "operations/books.ts",
    from: "if (this.#isClosed) throw",
    to: "if (false) throw",
  },
  {
    name: "settle what is settled",
    file: "operations/operation-statements.ts",
    from: "AND state = ANY($3::text[]) ORDER BY txn_id FOR UPDATE",
    to: "AND $3::text[] IS NOT NULL ORDER BY txn_id FOR UPDATE",
  },
  {
    name: "close as not sent what was sent after all",
    test: "a pay that was never sent is closed",
    file: "operations/operation-store.ts",
    from: 'return this.#settle(["not-sent"], tx',
    to: 'return this.#settle(["not-sent", "pending"], tx',
  },
  {
    name: "forget the product of a failed settlement",
    test: "with its product when onSettled throws",
    file: "operations/settlements.ts",
    from: "if (full.product || !lease) this.#kept.set(txnId, full);",
    to: "",
  },
  {
    name: "say nothing of a lost key",
    test: "has no product",
    file: "operations/decision.ts",
    from: "isKeyLost: isKeyLost || hasKey(product)",
    to: "isKeyLost: false",
  },
  {
    name: "say nothing of a key that did not come",
    file: "operations/decision.ts",
    from: 'expectsKey ?? by === "status"',
    to: "expectsKey ?? false",
  },
  {
    name: "say nothing of a contradiction",
    test: "is a conflict for the operator",
    file: "operations/settlements.ts",
    from: "if (isContradiction(settlement, decision)) {",
    to: "if (false) {",
  },
  {
    name: "have everybody try whether the hub is up",
    file: "inquiry/circuit-breaker.ts",
    from: 'pauses > 0 ? "half-open"',
    to: 'false ? "half-open"',
  },
  { name: "pass over Retry-After", file: "inquiry/circuit-breaker.ts", from: "nowMs + retryAfterMs", to: "nowMs" },
  {
    name: "call at twice the rate",
    file: "inquiry/rate-limit.ts",
    from: "const spacingMs = 1000 / rateAt",
    to: "const spacingMs = 500 / rateAt",
  },
  {
    name: "begin at full speed after an outage",
    file: "inquiry/rate-limit.ts",
    from: "rampSeconds === 0 ? 1",
    to: "rampSeconds >= 0 ? 1",
  },
];
