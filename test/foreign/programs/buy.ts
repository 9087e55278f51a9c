/** What a program of each language does, written once for TypeScript; it prints what it saw as one line of JSON. */

export interface Answer {
  status: string;
  product?: { id: number | bigint; name: string };
}

export interface Hub {
  check(body: { product_id: number }): Promise<Answer>;
  pay(body: { product_id: number; price: number; txn_id: string }): Promise<Answer>;
  status(body: { txn_id: string }): Promise<Answer>;
}

export const address = process.env["HUB_URL"]!;
export const token = process.env["HUB_TOKEN"]!;

/** 2^53 + 1, as a JavaScript program has to write it: the number is 2^53. */
const largeId = Number("9007199254740993");

/** `name` says as what an answer arrives; without it an answer has no name but its status. */
export async function buy(hub: Hub, name: (answer: Answer) => string = ({ status }) => status): Promise<void> {
  const order = { product_id: 1, price: 50_000, txn_id: "A-1" };
  const canceled = { product_id: 1012, price: 50_000, txn_id: "A-2" };
  const seen = {
    check: name(await hub.check({ product_id: 1 })),
    pay: name(await hub.pay(order)),
    repeat: name(await hub.pay(order)),
    status: name(await hub.status({ txn_id: order.txn_id })),
    canceled: await hub.pay(canceled).then(
      () => "answered",
      async () => name(await hub.status({ txn_id: canceled.txn_id })),
    ),
    unlisted: await hub.pay({ product_id: 1014, price: 50_000, txn_id: "A-3" }).then(name, () => "an error"),
    largeId: await hub.check({ product_id: largeId }).then(
      ({ product }) =>
        product?.name === "2^53 + 1" && String(product.id) === "9007199254740993" ? "exact" : "rounded",
      () => "refused",
    ),
  };
  console.log(JSON.stringify(seen));
}
