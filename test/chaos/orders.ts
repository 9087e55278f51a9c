import { silentPrefix } from "./fault-proxy.ts";

/** A purchase for a worker. */
export interface Order {
  txn_id: string;
  product_id: string;
  price: number;
}

/**
 * Products whose purchase goes wrong in the sandbox itself. Not 1007 and 1004, which hold a connection until the
 * deadline: the fault `hang` does that already. Not 1011 and 1012, whose `/status` is wrong: it cancels a sold
 * operation.
 */
const magic = ["1001", "1002", "1003", "1005", "1006", "1008", "1009", "1010", "1013", "1014", "1015", "1016", "1017"];

/** Products by their shares: most are for sale; some are top-ups, out of stock, the last one, or have another price. */
const kinds: [share: number, product: (random: () => number) => Omit<Order, "txn_id">][] = [
  [0.04, (random) => ({ product_id: magic[Math.floor(random() * magic.length)] ?? "1001", price: 50_000 })],
  [0.03, () => ({ product_id: "2", price: 50_000 })],
  [0.01, () => ({ product_id: "3", price: 50_000 })],
  [0.02, () => ({ product_id: "4", price: 1000 })],
  [0.02, () => ({ product_id: "5", price: 4.36 })],
  [1, () => ({ product_id: "1", price: 50_000 })],
];

/** Plans orders. About one in 300 operations is never answered, and about 3 in 100 are submitted twice. */
export function planOrders(count: number, random: () => number): { orders: Order[]; silent: number; repeats: number } {
  const orders: Order[] = [];
  const silent = Math.ceil(count / 300);
  const spacing = Math.floor(count / silent);
  let repeats = 0;
  for (let index = 0; index < count; index++) {
    let at = random();
    const [, product] = kinds.find(([share]) => (at -= share) < 0) ?? kinds[0]!;
    const isSilent = index % spacing === 0 && index / spacing < silent;
    const order = { txn_id: `${isSilent ? silentPrefix : ""}${index}`, ...product(random) };
    orders.push(order);
    if (random() < 0.03) {
      orders.push(order);
      repeats++;
    }
  }
  return { orders, silent, repeats };
}
