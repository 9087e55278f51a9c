import { operations } from "@codegames/contract";
import type { HandlerRequest, TransactionStore } from "@codegames/server";
import type { Fault, FaultKind, MagicProduct } from "./fault.ts";

/** A fault that the admin API asked for. */
export interface OrderedFault {
  operation: keyof typeof operations;
  kind: FaultKind;
  /** Whether the call is served before its answer goes wrong. */
  isServed: boolean;
  /** How many calls it is for. */
  times: number;
}

/** Decides which calls go wrong: those that the admin API asked for first, and then those of magic products. */
export class FaultQueue {
  readonly #products: readonly MagicProduct[];
  readonly #store: TransactionStore<any>;
  #ordered: OrderedFault[] = [];
  /** The first pays, by merchant and txn_id, that were not served. */
  readonly #unserved = new Set<string>();
  /** How often the status of a transaction went wrong, since the start. */
  readonly #asked = new Map<string, number>();

  constructor(products: readonly MagicProduct[], store: TransactionStore<any>) {
    this.#products = products;
    this.#store = store;
  }

  order(fault: OrderedFault): void {
    this.#ordered.push({ ...fault });
  }

  list(): readonly OrderedFault[] {
    return this.#ordered;
  }

  clear(): void {
    this.#ordered = [];
  }

  /** The fault of a call that is about to be served; undefined when it is to go well. */
  async next(operation: keyof typeof operations, request: HandlerRequest, merchant: string): Promise<Fault | undefined> {
    const ordered = this.#ordered.find((each) => each.operation === operation);
    if (ordered) {
      if (--ordered.times <= 0) this.#ordered = this.#ordered.filter((each) => each !== ordered);
      return ordered;
    }
    const body = typeof request.body === "string" ? undefined : operations[operation].request.decode(new TextDecoder().decode(request.body));
    if (!body?.ok || !("txn_id" in body.value) || this.#products.length === 0) return undefined;
    const { txn_id: txnId } = body.value;
    const key = JSON.stringify([merchant, txnId]);
    const known = txnId.isWellFormed() && !txnId.includes("\0") ? await this.#store.find({ merchant, txnId }) : undefined;
    return "product_id" in body.value ? this.#payFault(key, body.value.product_id as bigint, Boolean(known)) : this.#statusFault(key, known?.productId);
  }

  /** Of the first pay of a transaction; a repeat is served as it is. */
  #payFault(key: string, productId: bigint, isKnown: boolean): Fault | undefined {
    const fault = this.#products.find(({ id }) => id === productId)?.pay;
    if (!fault || isKnown || this.#unserved.has(key)) return undefined;
    if (!fault.isServed) this.#unserved.add(key);
    return fault;
  }

  #statusFault(key: string, productId: bigint | undefined): Fault | undefined {
    const status = this.#products.find(({ id }) => id === productId)?.status;
    const asked = this.#asked.get(key) ?? 0;
    if (!status || asked >= status.times) return undefined;
    this.#asked.set(key, asked + 1);
    return status.fault;
  }
}
