import { operations } from "@codegames/contract";
import type { HandlerRequest, TransactionStore } from "@codegames/server";
import type { Fault, FaultKind, MagicProduct } from "./fault.ts";

/** A fault that somebody ordered through the admin API. */
export interface OrderedFault {
  operation: keyof typeof operations;
  kind: FaultKind;
  /** Whether the call is served before its answer goes wrong. */
  isServed: boolean;
  /** The number of calls that go wrong. */
  times: number;
}

/** Decides which calls go wrong: first the ordered faults, then those of magic products. */
export class FaultQueue {
  readonly #products: readonly MagicProduct[];
  readonly #store: Pick<TransactionStore, "find">;
  #ordered: OrderedFault[] = [];
  /** First pays that were not served, by merchant and txn_id. */
  readonly #unserved = new Set<string>();
  /** How often `status` of a transaction went wrong since the start. */
  readonly #asked = new Map<string, number>();

  constructor(products: readonly MagicProduct[], store: Pick<TransactionStore, "find">) {
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

  /** Picks the fault of the next call; undefined when it shall go well. */
  async next(id: keyof typeof operations, request: HandlerRequest, merchant: string): Promise<Fault | undefined> {
    const ordered = this.#ordered.find((each) => each.operation === id);
    if (ordered) {
      if (--ordered.times <= 0) this.#ordered = this.#ordered.filter((each) => each !== ordered);
      return ordered;
    }
    if (typeof request.body === "string" || this.#products.length === 0) return undefined;
    const decoded = operations[id].request.decode(new TextDecoder().decode(request.body));
    if (!decoded.ok || !("txn_id" in decoded.value)) return undefined;
    const { txn_id } = decoded.value;
    const isStorable = txn_id.isWellFormed() && !txn_id.includes("\0");
    const known = isStorable ? await this.#store.find({ merchant, txn_id }) : undefined;
    const key = JSON.stringify([merchant, txn_id]);
    if (!("product_id" in decoded.value)) return this.#statusFault(key, known?.product_id);
    return this.#payFault(key, decoded.value.product_id as bigint, known !== undefined);
  }

  /** Only the first pay of a transaction goes wrong. */
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
