import type { Call, CallName } from "./calls.ts";
import { numberOf } from "./number-of.ts";

/** The row of the one `txn_id` as the model keeps it. */
export interface Row {
  readonly owner: string;
  /** `pending`, `selling`, `sold`, or a refusal. */
  readonly state: string;
  readonly lease: string;
  readonly isOver: boolean;
  /** Whether it was stored a lease after its pay was asked for: `status` may have said `TXN_NOT_FOUND` before. */
  readonly isLate: boolean;
}

/** An open database transaction of `settleWithin`, which has locked the row. */
export interface OpenTransaction {
  /** The actor; `vanished` when its process is gone, and the database has not noticed it. */
  readonly by: number | "vanished";
  readonly isSale: boolean;
}

/** What all processes share: the store and the supplier. */
export interface Shared {
  readonly row: Row | undefined;
  readonly open: OpenTransaction | undefined;
  /** Whose pays the supplier has sold, with a comma behind each. */
  readonly sold: string;
  /** The same shared state has the same number. */
  readonly number: number;
}

/** What the supplier and the shop say in all schedules of one search. */
export type Supply = "sells" | "sold out" | "unlisted";

/** Who calls. */
export interface Caller {
  readonly index: number;
  /** Names a lease that this call takes. */
  readonly freshLease: string;
  /** Whether the clock has jumped since the call was made. */
  readonly isLate: boolean;
  readonly supply: Supply;
}

/** What a call does when nothing goes wrong. Whoever changes nothing returns the same `shared`. */
export interface Effect {
  readonly shared: Shared;
  readonly answer: string;
}

/** The effects of all calls: the rules of a transaction store, of a shop and of an idempotent supplier. */
export type Effects = Readonly<Record<CallName, (shared: Shared, call: Call, caller: Caller) => Effect>>;

export function share(row: Row | undefined, open: OpenTransaction | undefined, sold: string): Shared {
  const storedText = row ? `${textOfRow(row)}/${row.lease}/${row.isLate}` : "";
  const openText = open ? `${open.by}/${open.isSale}` : "";
  return { row, open, sold, number: numberOf(`${storedText};${openText};${sold}`) };
}

export const empty: Shared = share(undefined, undefined, "");

export const isUndecided = ({ state }: Row): boolean => state === "pending" || state === "selling";

/** A row as `textOf` of calls.ts writes a transaction. */
export const textOfRow = (row: Row): string =>
  isUndecided(row)
    ? `${row.state}/${row.owner}/${row.lease}/${row.isOver ? "over" : "running"}`
    : `${row.state}/${row.owner}`;

const isAsSeen = (row: Row | undefined, { seenState, seenLease }: Call): row is Row =>
  row?.state === seenState && row.lease === seenLease;

const withRow = ({ open, sold }: Shared, row: Row): Shared => share(row, open, sold);

/** Adds a sale of the supplier: the same pay is sold once, however often it is asked for. */
const withSale = ({ row, open, sold }: Shared, owner: string): Shared =>
  share(row, open, `,${sold}`.includes(`,${owner},`) ? sold : `${sold}${owner},`);

export const effects: Effects = {
  insertIfNew(shared, { owner }, { freshLease, isLate }) {
    if (shared.row) return { shared, answer: textOfRow(shared.row) };
    const row: Row = { owner, state: "pending", lease: freshLease, isOver: false, isLate };
    return { shared: withRow(shared, row), answer: textOfRow(row) };
  },
  find: (shared) => ({ shared, answer: shared.row ? textOfRow(shared.row) : "none" }),
  findAbandoned: (shared) => ({
    shared,
    answer: shared.row && isUndecided(shared.row) && shared.row.isOver ? textOfRow(shared.row) : "none",
  }),
  lease(shared, call, { freshLease }) {
    const { row } = shared;
    if (!isAsSeen(row, call) || row.isOver !== (row.state === "selling")) return { shared, answer: "none" };
    const leased: Row = { ...row, state: "selling", lease: freshLease, isOver: false };
    return { shared: withRow(shared, leased), answer: textOfRow(leased) };
  },
  settle(shared, call) {
    const { row } = shared;
    if (!isAsSeen(row, call)) return { shared, answer: "no" };
    return { shared: withRow(shared, { ...row, state: call.to }), answer: "yes" };
  },
  settleWithin(shared, call, { index }) {
    const { row, sold } = shared;
    if (!isAsSeen(row, call) || row.state !== "pending" || row.isOver) return { shared, answer: "no" };
    return { shared: share(row, { by: index, isSale: false }, sold), answer: "yes" };
  },
  commit({ row, open, sold }, { to }) {
    const committed = share(row && { ...row, state: to }, undefined, sold);
    return { shared: open?.isSale ? withSale(committed, row!.owner) : committed, answer: "done" };
  },
  rollback: ({ row, sold }) => ({ shared: share(row, undefined, sold), answer: "done" }),
  findProduct: (shared, _, { supply }) => ({ shared, answer: supply === "unlisted" ? "unlisted" : "listed" }),
  sell: (shared, { owner }, { supply }) =>
    supply === "sold out" ? { shared, answer: "sold out" } : { shared: withSale(shared, owner), answer: "sold" },
  sellWithin: ({ row, open, sold }, _, { supply }) => ({
    shared: share(row, open && { ...open, isSale: supply !== "sold out" }, sold),
    answer: supply === "sold out" ? "sold out" : "sold",
  }),
};
