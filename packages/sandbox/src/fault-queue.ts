import { operations } from "@codegames/contract";
import type { HandlerRequest } from "@codegames/server";
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
  #ordered: OrderedFault[] = [];
  /** By merchant and txn_id: the magic product that was paid for, and how often its status was asked. */
  readonly #magic = new Map<string, { statuses: readonly Fault[]; asked: number }>();

  constructor(products: readonly MagicProduct[]) {
    this.#products = products;
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
  next(operation: keyof typeof operations, request: HandlerRequest, merchant: string): Fault | undefined {
    const ordered = this.#ordered.find((each) => each.operation === operation);
    if (ordered) {
      if (--ordered.times <= 0) this.#ordered = this.#ordered.filter((each) => each !== ordered);
      return ordered;
    }
    const body = typeof request.body === "string" ? undefined : operations[operation].request.decode(new TextDecoder().decode(request.body));
    if (!body?.ok || !("txn_id" in body.value)) return undefined;
    const key = JSON.stringify([merchant, body.value.txn_id]);
    if (!("product_id" in body.value)) return this.#statusFault(key);
    const { product_id: productId } = body.value;
    const magic = this.#products.find(({ id }) => id === productId);
    if (!magic || this.#magic.has(key)) return undefined;
    // A pay that is not served stays the first one: what comes next may sell.
    this.#magic.set(key, { statuses: magic.status ?? [], asked: 0 });
    return magic.pay;
  }

  #statusFault(key: string): Fault | undefined {
    const magic = this.#magic.get(key);
    return magic?.statuses[magic.asked++];
  }
}
