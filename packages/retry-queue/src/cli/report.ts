import type { Operation } from "../operations/operation.ts";
import type { AuditEvent, Counts, Schedule } from "../operator/operator.ts";

/** An operation with its schedule and its audit trail. */
export type TracedOperation = Operation & Schedule & { events: AuditEvent[] };

/** Declared here, because the libraries of TypeScript 7 have no declaration of it (Node has it since version 21). */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Writes JSON with exact product ids. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, field) => (typeof field === "bigint" ? rawJSON(String(field)) : field), 2);

/** Picks the fields of an operation to show. A field that is not named here is never shown. */
export function recordOf(operation: TracedOperation) {
  const { txn_id, operationId, state, attention, request, createdAt, settledAt } = operation;
  const { payAnswer, settlement, attempts, nextAt, lastAnswer, events } = operation;
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
    settlement: settlement && {
      outcome: settlement.outcome,
      by: settlement.by,
      status: settlement.status,
      partner_txn_id: settlement.partner_txn_id,
      isKeyMissing: settlement.isKeyMissing,
    },
    events,
  };
}

/** Returns undefined for output of a job that is no answer: pg-boss writes its own there too. */
function answerFields(answer: object | undefined) {
  const { outcome, reason, status, httpStatus } = (answer ?? {}) as Record<string, string | number | undefined>;
  return typeof outcome === "string" ? { outcome, reason, status, httpStatus } : undefined;
}

const headings = ["TXN_ID", "STATE", "ATTENTION", "AGE", "ATTEMPTS", "NEXT CHECK"];

export function tableOf(operations: readonly TracedOperation[], nowMs: number): string {
  const rows = operations.map(({ txn_id, state, attention, createdAt, attempts, nextAt }) => [
    printable(txn_id),
    state,
    attention ?? "-",
    durationOf(nowMs - createdAt.getTime()),
    String(attempts),
    nextOf(nextAt, nowMs),
  ]);
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function descriptionOf(operation: TracedOperation, nowMs: number): string {
  const { txn_id, operationId, state, attention, createdAt, settledAt, request } = operation;
  const { payAnswer, attempts, nextAt, lastAnswer, settlement, events } = operation;
  const lines = [
    ["txn_id", printable(txn_id)],
    ["state", attention ? `${state}; waits for the operator: ${attention}` : state],
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
  const fields = lines.map(([name = "", value]) => `${name.padEnd(14)} ${value}`);
  const trail = events.length > 0 ? events.map(eventText) : ["  -"];
  return [...fields, "", "audit trail", ...trail].join("\n");
}

function eventText({ at, kind, detail }: AuditEvent): string {
  const details = Object.entries(detail).map(([name, value]) => `, ${name}: ${printable(String(value))}`);
  return `  ${at.toISOString()}  ${kind}${details.join("")}`;
}

function answerText(answer: object | undefined): string {
  const { outcome, reason, status, httpStatus } = answerFields(answer) ?? {};
  if (outcome === undefined) return "-";
  const statusText = status !== undefined && `status ${printable(String(status))}`;
  const details = [reason, statusText, httpStatus !== undefined && `HTTP ${httpStatus}`].filter(Boolean);
  return details.length > 0 ? `${outcome} (${details.join(", ")})` : outcome;
}

function settlementText(settlement: NonNullable<Operation["settlement"]>): string {
  const { outcome, by, status, partner_txn_id, isKeyMissing } = settlement;
  return [
    `${outcome} by ${by}`,
    status && `status ${printable(status)}`,
    partner_txn_id !== undefined && `partner_txn_id ${printable(partner_txn_id)}`,
    isKeyMissing && "the key is missing",
  ]
    .filter(Boolean)
    .join(", ");
}

export function countsText(counts: Omit<Counts, "settled" | "checks">): string {
  const { pending, oldestSeconds, attention, isPaused } = counts;
  return [
    ["pending", pending],
    ["oldest", pending > 0 ? durationOf(oldestSeconds * 1000) : "-"],
    ["the hub", isPaused ? "is down" : "is up"],
    ["waiting for operator", Object.values(attention).reduce((sum, count) => sum + count)],
    ...Object.entries(attention).map(([name, count]) => [`  ${name}`, count]),
  ]
    .map(([name = "", value]) => `${String(name).padEnd(20)} ${value}`)
    .join("\n");
}

/** Shows the two largest units: `3 h 20 min`, `45 s`. */
function durationOf(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000));
  const parts = (
    [
      ["d", 86_400],
      ["h", 3600],
      ["min", 60],
      ["s", 1],
    ] as const
  ).map(([unit, seconds]) => {
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
  const waitMs = nextAt.getTime() - nowMs;
  return waitMs <= 0 ? "due" : `in ${durationOf(waitMs)}`;
}

/** Escapes control characters: a foreign text must not steer the terminal. */
const printable = (text: string) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
