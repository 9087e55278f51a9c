import { address, buy, token } from "./buy.ts";
import { client, type PayResponse } from "./client.ts";
import { PaySucceededSchema, StatusSucceededSchema, zodValidation } from "./client.zod.ts";

client.configure({ serverUrl: address, auth: { bearer: token } });
client.use(zodValidation());

/** Compiles only if the types tell a sale from a refusal by the status. */
export function keyOf(answer: PayResponse): string | null | undefined {
  // @ts-expect-error a refusal has no product
  void answer.product;
  return answer.status === "OK" ? answer.product?.productKey : undefined;
}

const hub = {
  check: (body: { product_id: number }) => client.check({ body }),
  pay: (body: { product_id: number; price: number; txn_id: string }) => client.pay({ body }),
  status: (body: { txn_id: string }) => client.status({ body }),
};

await buy(hub, (answer) => {
  const isSold = PaySucceededSchema.safeParse(answer).success || StatusSucceededSchema.safeParse(answer).success;
  return isSold ? `Succeeded ${answer.status}` : answer.status;
});
