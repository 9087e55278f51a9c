import type { PayResult, StatusResult } from "@codegames/client";
import { type PayRequest, PayRequestCodec } from "@codegames/contract";
import { type Decision, isContradiction, lacksKey, type StoredDecision, withProductLost } from "./decision.ts";
import { fromStored, type Settlement, type StoredSettlement } from "./settlement.ts";

/**
 * - `pending`: paid or about to be paid, and no answer has decided; the queue asks `/status`.
 * - `not-sent`: the pay did not leave; within one period it can be sent again, after that it is `cancelled`.
 * - `succeeded`, `rejected`, `cancelled`: settled, for good.
 * - `unresolved`: all attempts are used up; the operator decides, or calls `redrive()`.
 * - `resolved`: the operator has decided.
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
 * Why the operator must look:
 *
 * - `unresolved`: all attempts are used up.
 * - `key-missing`: sold, but the key did not come.
 * - `conflict`: a later answer contradicts the settlement.
 */
export type Attention = "unresolved" | "key-missing" | "conflict";

/** The parts of a hub's answer that hold no secret: the queue stores and shows only these. */
export interface AnswerSummary {
  readonly outcome: string;
  readonly reason?: string | undefined;
  readonly status?: string | undefined;
  readonly httpStatus?: number | undefined;
}

/** One purchase: everything that the queue knows about one `txn_id`. */
export interface Operation {
  readonly txn_id: string;
  /** UUID, always the same for one `txn_id` of one queue. */
  readonly operationId: string;
  readonly state: OperationState;
  readonly attention: Attention | undefined;
  /** The request of the pay; undefined when the pay was sent elsewhere. */
  readonly request: PayRequest | undefined;
  readonly createdAt: Date;
  readonly settledAt: Date | undefined;
  /** The answer to the pay, if the hub gave one. */
  readonly payAnswer: AnswerSummary | undefined;
  /** How it ended. Its `product` is always undefined here, because products are not stored. */
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
  answer: AnswerSummary | null;
  /** A decision whose settlement failed, without its product. */
  decision: StoredDecision | null;
  settlement: StoredSettlement | null;
}

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
      ? { txn_id: row.txn_id, operationId: row.id, ...fromStored(row.settlement), product: undefined, request }
      : undefined,
  };
}

function requestOf({ request }: OperationRow): PayRequest | undefined {
  const decoded = request === null ? undefined : PayRequestCodec.decode(request);
  return decoded?.ok ? decoded.value : undefined;
}

/**
 * Returns the settlement that a decision makes of an operation. The first decision stays, even before its settlement: a
 * kept one goes before one that contradicts it.
 */
export function settlementOf(row: OperationRow, latest: Decision): Settlement {
  const kept = row.decision;
  const decision = kept !== null && isContradiction(kept, latest) ? withProductLost(kept) : latest;
  const { outcome, by, status, partner_txn_id } = decision;
  const request = requestOf(row);
  // A product that was not ordered is withheld (interpretation D10); one without an id is the ordered one (D18).
  const isOther = request && decision.product?.id !== undefined && decision.product.id !== request.product_id;
  const product = isOther ? undefined : decision.product;
  const isKeyMissing = lacksKey({ ...decision, product }, row.expects_key ?? undefined);
  const operationId = row.id;
  return { txn_id: row.txn_id, operationId, outcome, by, status, partner_txn_id, product, isKeyMissing, request };
}

/** Summarises a result. A status that does not look like one is left out: it can be any text, even a key. */
export function summarise(result: PayResult | StatusResult): AnswerSummary {
  return {
    outcome: result.outcome,
    ...("reason" in result && { reason: result.reason }),
    ...("status" in result && result.status !== undefined && { status: storableStatus(result.status) }),
    ...("httpStatus" in result && result.httpStatus !== undefined && { httpStatus: result.httpStatus }),
  };
}

const storableStatus = (status: string) => (/^[A-Za-z_]{1,40}$/.test(status) ? status : "(not a status)");
