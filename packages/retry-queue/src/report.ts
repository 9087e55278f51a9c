import type { AuditEvent, Schedule } from "./operator.ts";
import type { Operation } from "./operation.ts";
import type { Counts } from "./retry-queue.ts";

/** An operation with its schedule and its audit trail. */
export type Traced = Operation & Schedule & { events: AuditEvent[] };

/** Writes JSON with exact product ids. */
export function jsonOf(value: unknown): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  const exact = (_: string, field: unknown) => (typeof field === "bigint" ? rawJSON(String(field)) : field);
  return JSON.stringify(value, exact, 2);
}

/** Picks the fields of an operation for JSON, by the names of the contract and of this package. No other field is shown. */
export function recordOf(operation: Traced) {
  const { txn_id, operationId, state, attention, request, createdAt, settledAt, payAnswer } = operation;
  const { settlement, attempts, nextAt, lastAnswer, events } = operation;
  return {
    txn_id,
    operationId,
    state,
    attention,
    createdAt,
    settledAt,
    request: request && { product_id: request.product_id, price: request.price },
    payAnswer: answerFields(payAnswer),
    attempts,
    nextAt,
    lastAnswer: answerFields(lastAnswer),
    settlement: settlement && settlementFields(settlement),
    events,
  };
}

function settlementFields({ outcome, by, status, partner_txn_id, isKeyMissing }: NonNullable<Traced["settlement"]>) {
  return { outcome, by, status, partner_txn_id, isKeyMissing };
}

/** Picks the fields of an answer. When a lease expires, pg-boss writes something else into the output of its job. */
function answerFields(answer: object | undefined) {
  const { outcome, reason, status, httpStatus } = (answer ?? {}) as Record<string, unknown>;
  return typeof outcome === "string" ? { outcome, reason, status, httpStatus } : undefined;
}

/** Prints operations as a table. */
export function tableOf(operations: readonly Traced[], nowMs: number): string {
  const rows = operations.map(({ txn_id, state, attention, createdAt, attempts, nextAt }) => [
    printable(txn_id),
    state,
    attention ?? "-",
    durationOf(nowMs - createdAt.getTime()),
    String(attempts),
    nextOf(nextAt, nowMs),
  ]);
  const all = [["TXN_ID", "STATE", "ATTENTION", "AGE", "ATTEMPTS", "NEXT CHECK"], ...rows];
  const widths: number[] = [];
  for (const row of all) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  const line = (row: string[]) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}

/** Prints one operation and its audit trail. */
export function descriptionOf(operation: Traced, nowMs: number): string {
  const { txn_id, operationId, state, attention, createdAt, settledAt, request, payAnswer } = operation;
  const { attempts, nextAt, lastAnswer, settlement, events } = operation;
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
  const trail = events.length > 0 ? events.map(eventText) : ["  -"];
  return [...lines.map(([name = "", value]) => `${name.padEnd(14)} ${value}`), "", "audit trail", ...trail].join("\n");
}

function eventText({ at, kind, detail }: AuditEvent): string {
  const details = Object.entries(detail).map(([name, value]) => `, ${name}: ${printable(String(value as string))}`);
  return `  ${at.toISOString()}  ${kind}${details.join("")}`;
}

function answerText(answer: object | undefined): string {
  const { outcome, reason, status, httpStatus } = answerFields(answer) ?? {};
  if (outcome === undefined) return "-";
  const statusText = status === undefined ? undefined : `status ${printable(String(status as string))}`;
  const details = [reason, statusText, httpStatus !== undefined && `HTTP ${httpStatus as number}`].filter(Boolean);
  return details.length > 0 ? `${outcome} (${details.join(", ")})` : outcome;
}

function settlementText(settlement: NonNullable<Operation["settlement"]>): string {
  const { outcome, by, status, partner_txn_id, isKeyMissing } = settlement;
  const parts = [
    `${outcome} by ${by}`,
    status && `status ${printable(status)}`,
    partner_txn_id !== undefined && `partner_txn_id ${printable(partner_txn_id)}`,
    isKeyMissing && "the key is missing",
  ];
  return parts.filter(Boolean).join(", ");
}

/** Prints the counts of a queue. */
export function countsText(counts: Omit<Counts, "settled" | "checks">): string {
  const { pending, oldestSeconds, attention, isPaused } = counts;
  const lines = [
    ["pending", pending],
    ["oldest", pending > 0 ? durationOf(oldestSeconds * 1000) : "-"],
    ["the hub", isPaused ? "is down" : "is up"],
    ["waiting for a person", Object.values(attention).reduce((sum, count) => sum + count)],
    ...Object.entries(attention).map(([name, count]) => [`  ${name}`, count]),
  ];
  return lines.map(([name = "", value]) => `${String(name).padEnd(20)} ${value}`).join("\n");
}

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** Writes a duration in its two largest units: `3 h 20 min`, `45 s`. */
function durationOf(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000));
  const parts = units.map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return shown.map(({ unit, count }) => `${count} ${unit}`).join(" ");
}

function nextOf(nextAt: Date | undefined, nowMs: number): string {
  if (nextAt === undefined) return "-";
  return nextAt.getTime() <= nowMs ? "due" : `in ${durationOf(nextAt.getTime() - nowMs)}`;
}

/** Escapes control characters: a text of others must not control the terminal. */
const printable = (text: string) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
