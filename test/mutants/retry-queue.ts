import type { Mutant } from "./client.ts";

const onceSettled = "await onSettled(made, tx);";
const ofPay = "export function decisionOfPay(result: PayResult): Decision | undefined {";
const ofStatus = "export function decisionOfStatus(result: StatusResult): Decision | undefined {";
const withoutProduct = "partner_txn_id: undefined, product: undefined";
const cancelled = `return { outcome: "cancelled", by: "status", status: "TXN_NOT_FOUND", ${withoutProduct} };`;
/** Makes every answer of pay that fulfils the condition a refusal. */
const refuse = (condition: string, status: string) =>
  `${ofPay}\n  if (${condition}) return { outcome: "rejected", by: "pay", status: ${status}, ${withoutProduct} };`;

/** Faults that would lose an operation, or settle one twice or wrongly. */
export const queueMutants: Mutant[] = [
  { name: "send the pay before the intent is on disk", file: "payment.ts", from: "await this.#ledger.add(txn_id, encoded.text, expectsKey);", to: "void this.#ledger.add(txn_id, encoded.text, expectsKey).catch(() => {}) as undefined;" },
  { name: "pay again after a missing answer", file: "payment.ts", from: 'if (known.state !== "not-sent" || known.request === null || !(await this.#ledger.reopen(known)))', to: 'if (known.request === null || known.state === "succeeded")' },
  { name: "send a pay after its time is over", test: "sends nothing when it slept", file: "payment.ts", from: "if (this.#context.clock.now() >= sentBy)", to: "if (false)" },
  { name: "accept another request under a known txn_id", test: "refuses another request under a known", file: "payment.ts", from: "known.request !== null && known.request !== encoded.text", to: "false" },
  { name: "take a duplicate for a refusal", file: "settlement.ts", from: ofPay, to: refuse('result.outcome === "unknown" && result.reason === "undecided"', '"TXN_DUPLICATE"') },
  { name: "take a 5xx for a refusal", file: "settlement.ts", from: ofPay, to: refuse('result.outcome === "unknown" && result.httpStatus === 500', "undefined") },
  { name: "take the first TXN_NOT_FOUND for the last", file: "claims.ts", from: "row.absent_count >= this.#context.policy.notFoundAnswers", to: "row.absent_count >= 1" },
  { name: "count TXN_NOT_FOUND across other answers", file: "claims.ts", from: "CASE WHEN absent_claim = c.claim - 1 THEN", to: "CASE WHEN absent_claim >= 0 THEN" },
  { name: "cancel while the hub is unclear", file: "settlement.ts", from: ofStatus, to: `${ofStatus}\n  if (result.outcome === "unknown" && result.httpStatus === 503) ${cancelled}` },
  { name: "ask once more than is allowed", file: "claims.ts", from: "(unsent.get(data.txn_id) ?? 0) >= attempts", to: "(unsent.get(data.txn_id) ?? 0) > attempts" },
  { name: "count an unsent call as an attempt", file: "claims.ts", from: "SET unsent_claims = unsent_claims + 1", to: "SET unsent_claims = unsent_claims + 0" },
  { name: "cancel when the attempts are used up", file: "claims.ts", from: "SET state = 'unresolved', attention = 'unresolved'", to: "SET state = 'cancelled', attention = 'unresolved'" },
  { name: "settle outside the transaction", file: "ledger.ts", from: onceSettled, to: "void Promise.resolve(onSettled(made, this.#context.storage.db)).catch(() => {});" },
  { name: "settle although onSettled throws", file: "ledger.ts", from: onceSettled, to: "await Promise.resolve(onSettled(made, tx)).catch(() => {});" },
  { name: "settle twice", file: "ledger.ts", from: "AND state = ANY($3) FOR UPDATE", to: "AND $3::text[] IS NOT NULL FOR UPDATE" },
  { name: "close a sent operation as not sent", test: "what nobody sent is closed", file: "ledger.ts", from: '["not-sent"] :', to: '["not-sent", "pending"] :' },
  { name: "forget the product of a failed settlement", test: "with its product when onSettled throws", file: "ledger.ts", from: "if (full.product || !claim) this.#held.set(txnId, full);", to: "" },
  { name: "report no lost key", test: "does without the product", file: "settlement.ts", from: "isKeyLost: isKeyLost || hasKey(product)", to: "isKeyLost: false" },
  { name: "report no missing key", file: "settlement.ts", from: 'expectsKey ?? by === "status"', to: "expectsKey ?? false" },
  { name: "report no contradiction", test: "is a conflict for a person", file: "ledger.ts", from: '(conflict.settled === "succeeded") === (conflict.answered === "succeeded")', to: "true" },
  { name: "let every worker make the trial call", file: "pace.ts", from: "if (state.pauses > 0) {", to: "if (false) {" },
  { name: "ignore Retry-After", file: "pace.ts", from: "nowMs + retryAfterMs", to: "nowMs" },
  { name: "call at twice the rate", file: "pace.ts", from: "const spacingMs = 1000 / rateAt", to: "const spacingMs = 500 / rateAt" },
  { name: "resume at full speed after an outage", file: "pace.ts", from: "rampSeconds === 0 ? 1", to: "rampSeconds >= 0 ? 1" },
];
