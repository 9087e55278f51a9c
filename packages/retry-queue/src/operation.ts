import type { PayResult, StatusResult } from "@codegames/client";
import { type PayRequest, PayRequestCodec } from "@codegames/contract";
import type { Settlement } from "./settlement.ts";

/**
 * The state of an operation:
 *
 * - `pending`: no answer has decided yet; the queue asks `/status`.
 * - `not-sent`: the pay did not leave. It can be sent again within one period; then it is `cancelled`.
 * - `succeeded`, `rejected`, `cancelled`: settled for good.
 * - `unresolved`: no attempt is left; a person resolves or redrives it.
 * - `resolved`: a person has decided.
 */
export type OperationState =
  | "pending"
  | "not-sent"
  | "succeeded"
  | "rejected"
  | "cancelled"
  | "unresolved"
  | "resolved";

/**
 * Why a person must look:
 *
 * - `unresolved`: no attempt is left.
 * - `key-missing`: sold, but the product key is missing.
 * - `conflict`: a later answer contradicts the settlement.
 */
export type Attention = "unresolved" | "key-missing" | "conflict";

/** An answer as the queue stores it: without any member that can hold a secret. */
export interface RecordedAnswer {
  readonly outcome: string;
  readonly reason?: string | undefined;
  readonly status?: string | undefined;
  readonly httpStatus?: number | undefined;
}

/** One purchase of the merchant: what the queue knows about a `txn_id`. */
export interface Operation {
  readonly txn_id: string;
  /** UUID, derived from queue and `txn_id`. */
  readonly operationId: string;
  readonly state: OperationState;
  readonly attention: Attention | undefined;
  /** The pay; undefined when it was sent elsewhere. */
  readonly request: PayRequest | undefined;
  readonly createdAt: Date;
  readonly settledAt: Date | undefined;
  /** The answer to the pay, if one came. */
  readonly payAnswer: RecordedAnswer | undefined;
  /** How it ended. `product` is always undefined here, because products are not stored. */
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
  answer: RecordedAnswer | null;
  /** A decision whose settlement failed, without its product. */
  decision: { outcome: Settlement["outcome"] } | null;
  settlement: StoredSettlement | null;
}

/** A settlement as the column `settlement` holds it: `keyMissing` is its stored name. */
interface StoredSettlement extends Pick<Settlement, "outcome" | "by"> {
  status?: string;
  partner_txn_id?: string;
  keyMissing: boolean;
}

/** Writes the column `settlement`. */
export const storedSettlement = ({
  outcome,
  by,
  status,
  partner_txn_id,
  isKeyMissing,
}: Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "isKeyMissing">): string =>
  JSON.stringify({ outcome, by, status, partner_txn_id, keyMissing: isKeyMissing });

/** The columns of a row. Times are Unix milliseconds, because drivers differ in how they return timestamps. */
export const operationColumns = `txn_id, id::text AS id, request, expects_key, state, attention, answer, decision,
  settlement, (extract(epoch FROM created_at) * 1000)::float8 AS created_ms,
  (extract(epoch FROM settled_at) * 1000)::float8 AS settled_ms`;

/** Reads a row. */
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
    settlement: row.settlement ? settlementOf(row, row.settlement, request) : undefined,
  };
}

function settlementOf(
  { txn_id, id }: OperationRow,
  { outcome, by, status, partner_txn_id, keyMissing }: StoredSettlement,
  request: PayRequest | undefined,
): Settlement {
  const common = { txn_id, operationId: id, outcome, by, status, partner_txn_id, request };
  return { ...common, product: undefined, isKeyMissing: keyMissing };
}

/** Reads the stored request of a row. */
export function requestOf({ request }: OperationRow): PayRequest | undefined {
  const decoded = request === null ? undefined : PayRequestCodec.decode(request);
  return decoded?.ok ? decoded.value : undefined;
}

/** Records the safe parts of a result. A status that the contract does not list can be any text, even a product key. */
export function recordAnswer(result: PayResult | StatusResult): RecordedAnswer {
  const status = "status" in result ? result.status : undefined;
  const safeStatus = status === undefined || /^[A-Za-z_]{1,40}$/.test(status) ? status : "(not a status)";
  return {
    outcome: result.outcome,
    ...("reason" in result && { reason: result.reason }),
    ...(safeStatus !== undefined && { status: safeStatus }),
    ...("httpStatus" in result && result.httpStatus !== undefined && { httpStatus: result.httpStatus }),
  };
}
