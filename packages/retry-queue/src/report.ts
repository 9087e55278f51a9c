import type { AuditEvent, Schedule } from "./backlog.ts";
import type { Operation } from "./operation.ts";
import type { Counts } from "./retry-queue.ts";

/** An operation with what was done about it. */
export type Traced = Operation & Schedule & { events: AuditEvent[] };

/** As JSON, with the numbers of products exact. Nothing is taken over that is not named here. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, field) => (typeof field === "bigint" ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(field)) : field), 2);

/** The fields of an operation that are shown, by the names of the contract and of this package. */
export function recordOf({ txn_id, operationId, state, attention, request, createdAt, settledAt, payAnswer, settlement, attempts, nextAt, lastAnswer, events }: Traced) {
  return {
    txn_id, operationId, state, attention, createdAt, settledAt,
    request: request && { product_id: request.product_id, price: request.price },
    payAnswer: answerOf(payAnswer), attempts, nextAt, lastAnswer: answerOf(lastAnswer),
    settlement: settlement && {
      outcome: settlement.outcome, by: settlement.by, status: settlement.status, partner_txn_id: settlement.partner_txn_id, keyMissing: settlement.keyMissing,
    },
    events,
  };
}

/** pg-boss writes into the output of a job too, when a claim lapses: that is no answer. */
function answerOf(answer: object | undefined) {
  const { outcome, reason, status, httpStatus } = (answer ?? {}) as Record<string, unknown>;
  return typeof outcome === "string" ? { outcome, reason, status, httpStatus } : undefined;
}

export function tableOf(operations: readonly Traced[], nowMs: number): string {
  const rows = operations.map(({ txn_id, state, attention, createdAt, attempts, nextAt }) => [
    printable(txn_id), state, attention ?? "-", durationOf(nowMs - createdAt.getTime()), String(attempts), nextOf(nextAt, nowMs),
  ]);
  const all = [["TXN_ID", "STATE", "ATTENTION", "AGE", "ATTEMPTS", "NEXT CHECK"], ...rows];
  const widths = all.reduce((most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)), [] as number[]);
  return all.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd()).join("\n");
}

export function descriptionOf(operation: Traced, nowMs: number): string {
  const { txn_id, operationId, state, attention, createdAt, settledAt, request, payAnswer, attempts, nextAt, lastAnswer, settlement, events } = operation;
  const lines = [
    ["txn_id", printable(txn_id)],
    ["state", attention ? `${state}; waits for a person: ${attention}` : state],
    ["operation id", operationId],
    ["created", `${createdAt.toISOString()} (${durationOf(nowMs - createdAt.getTime())} ago)`],
    ["settled", settledAt?.toISOString() ?? "-"],
    ["request", request ? `product_id ${request.product_id}, price ${request.price}` : "sent elsewhere"],
    ["answer to pay", answerText(payAnswer)],
    ["attempts", String(attempts)],
    ["next check", nextOf(nextAt, nowMs)],
    ...(lastAnswer ? [["last answer", answerText(lastAnswer)]] : []),
    ["settlement", settlement ? settlementText(settlement) : "-"],
  ];
  const trail = events.map(({ at, kind, detail }) => `  ${at.toISOString()}  ${kind}${Object.entries(detail).map(([name, value]) => `, ${name}: ${printable(String(value))}`).join("")}`);
  return [...lines.map(([name = "", value]) => `${name.padEnd(14)} ${value}`), "", "audit trail", ...(trail.length > 0 ? trail : ["  -"])].join("\n");
}

function answerText(answer: object | undefined): string {
  const { outcome, reason, status, httpStatus } = answerOf(answer) ?? {};
  if (outcome === undefined) return "-";
  const details = [reason, status !== undefined && `status ${printable(String(status))}`, httpStatus !== undefined && `HTTP ${httpStatus}`].filter(Boolean);
  return details.length > 0 ? `${outcome} (${details.join(", ")})` : outcome;
}

function settlementText({ outcome, by, status, partner_txn_id, keyMissing }: NonNullable<Operation["settlement"]>): string {
  return [
    `${outcome} by ${by}`, status && `status ${printable(status)}`, partner_txn_id !== undefined && `partner_txn_id ${printable(partner_txn_id)}`, keyMissing && "the key is missing",
  ].filter(Boolean).join(", ");
}

export function countsText({ pending, oldestSeconds, attention, isPaused }: Omit<Counts, "settled" | "checks">): string {
  return [
    ["pending", pending],
    ["oldest", pending > 0 ? durationOf(oldestSeconds * 1000) : "-"],
    ["the hub", isPaused ? "is down" : "is up"],
    ["waiting for a person", Object.values(attention).reduce((sum, count) => sum + count)],
    ...Object.entries(attention).map(([name, count]) => [`  ${name}`, count]),
  ].map(([name = "", value]) => `${String(name).padEnd(20)} ${value}`).join("\n");
}

/** The two largest units: `3 h 20 min`, `45 s`. */
function durationOf(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000));
  const parts = ([["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const).map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(({ count }) => count > 0).map(({ unit, count }) => `${count} ${unit}`).join(" ");
}

const nextOf = (nextAt: Date | undefined, nowMs: number) => (nextAt === undefined ? "-" : nextAt.getTime() <= nowMs ? "due" : `in ${durationOf(nextAt.getTime() - nowMs)}`);

/** Text of others must not steer a terminal. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
