import type { Sale, SellOnceOptions } from "../sell-once/sell-once-options.ts";
import type { Order, TransactionStore } from "../transaction-store/transaction-store.ts";
import type { CallName, RealCall } from "./calls.ts";

type Wait = (call: RealCall) => Promise<unknown>;

/** The options of a provider whose every call of the store, the shop and the supplier waits for the scheduler. */
export function scheduledOptions(way: "sell" | "sellWithin", leaseMs: number, wait: Wait): SellOnceOptions<unknown> {
  return {
    store: scheduledStore(wait),
    findProduct: () => wait({ name: "findProduct" }) as ReturnType<SellOnceOptions<unknown>["findProduct"]>,
    [way]: (order: Order) => wait({ name: way, order }) as Promise<Sale>,
    leaseMs,
  };
}

function scheduledStore(wait: Wait): TransactionStore {
  const take = (name: CallName, rest: Omit<RealCall, "name"> = {}) => wait({ name, ...rest }) as Promise<never>;
  return {
    insertIfNew: (order) => take("insertIfNew", { order }),
    find: () => take("find"),
    lease: (seen) => take("lease", { seen }),
    settle: (seen, to) => take("settle", { seen, to }),
    async settleWithin(seen, work) {
      if (!(await take("settleWithin", { seen }))) return undefined;
      let to;
      try {
        to = await work(undefined);
      } catch (failure) {
        await take("rollback");
        throw failure;
      }
      await take("commit", { to });
      return to;
    },
    findAbandoned: () => take("findAbandoned"),
    close: () => Promise.resolve(),
  };
}
