import type { PayResult, StatusResult } from "@codegames/client";
import { type PayRequest, PayRequestCodec } from "@codegames/contract";
import type { Settlement } from "./settlement.ts";

/**
 * - `pending`: paid or about to be, and no answer has decided; `/status` is asked.
 * - `not-sent`: the pay did not leave; within one period it can be sent again, then it is `cancelled`.
 * - `succeeded`, `rejected`, `cancelled`: settled, for good.
 * - `unresolved`: the attempts are used up; a person decides, or has it asked again.
 * - `resolved`: a person has decided.
 */
export type OperationState = "pending" | "not-sent" | "succeeded" | "rejected" | "cancelled" | "unresolved" | "resolved";

/**
 * Why a person must look:
 * - `unresolved`: the attempts are used up.
 * - `key-missing`: sold, and the key did not come.
 * - `conflict`: a later answer says the opposite of the one that settled it.
 */
export type Attention = "unresolved" | "key-missing" | "conflict";

/** What came back from a call, without anything that can hold a secret. */
export interface Answer {
  readonly outcome: string;
  readonly reason?: string | undefined;
  readonly status?: string | undefined;
  readonly httpStatus?: number | undefined;
}

/** What the queue knows of one `txn_id`. */
export interface Operation {
  readonly txn_id: string;
  /** UUID, the same for one `txn_id` of one queue. */
  readonly operationId: string;
  readonly state: OperationState;
  readonly attention: Attention | undefined;
  /** The pay; undefined when it was sent elsewhere. */
  readonly request: PayRequest | undefined;
  readonly createdAt: Date;
  readonly settledAt: Date | undefined;
  /** The answer to the pay, if there was one. */
  readonly payAnswer: Answer | undefined;
  /** How it ended. The product is not stored: `product` is always undefined here. */
  readonly settlement: Settlement | undefined;
}

/** A row of the table `operation`. */
export interface OperationRow {
  txn_id: string;
  id: string;
  request: string | null;
  expects_key: boolean | null;
  state: OperationState;
  attention: Attention | null;
  created_ms: number;
  settled_ms: number | null;
  answer: Answer | null;
  /** A decision whose settlement failed, without its product. */
  decision: { outcome: Settlement["outcome"] } | null;
  settlement: (Pick<Settlement, "outcome" | "by" | "keyMissing"> & { status?: string; partner_txn_id?: string }) | null;
}

/** The columns of a row, times as Unix milliseconds: drivers differ in what they make of others. */
export const operationColumns = `txn_id, id::text AS id, request, expects_key, state, attention, answer, decision, settlement,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_ms, (extract(epoch FROM settled_at) * 1000)::float8 AS settled_ms`;

export function operationOf(row: OperationRow): Operation {
  const request = requestOf(row);
  return {
    txn_id: row.txn_id,
    operationId: row.id,
    state: row.state,
    attention: row.attention ?? undefined,
    request,
    createdAt: new Date(row.created_ms),
    settledAt: row.settled_ms === null ? undefined : new Date(row.settled_ms),
    payAnswer: row.answer ?? undefined,
    settlement: row.settlement
      ? { txn_id: row.txn_id, operationId: row.id, status: undefined, partner_txn_id: undefined, ...row.settlement, product: undefined, request }
      : undefined,
  };
}

export function requestOf({ request }: OperationRow): PayRequest | undefined {
  const decoded = request === null ? undefined : PayRequestCodec.decode(request);
  return decoded?.ok ? decoded.value : undefined;
}

/** The parts of a result that are safe to keep: a status that the contract does not list can be any text, even a product key. */
export function answerOf(result: PayResult | StatusResult): Answer {
  return {
    outcome: result.outcome,
    ...("reason" in result && { reason: result.reason }),
    ...("status" in result && result.status !== undefined && { status: /^[A-Za-z_]{1,40}$/.test(result.status) ? result.status : "(not a status)" }),
    ...("httpStatus" in result && result.httpStatus !== undefined && { httpStatus: result.httpStatus }),
  };
}
