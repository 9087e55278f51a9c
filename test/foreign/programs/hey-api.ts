import { address, buy, token } from "./buy.ts";
import { client } from "./client/client.gen.ts";
import { check, pay, type PayResponse, status } from "./client/index.ts";

client.setConfig({ baseUrl: address, auth: ({ scheme }) => (scheme === "bearer" ? token : undefined) });

/** Compiles only if the types tell a sale from a refusal by the status. */
export function keyOf(answer: PayResponse): string | null | undefined {
  // @ts-expect-error a refusal has no product
  void answer.product;
  return answer.status === "OK" ? answer.product?.productKey : undefined;
}

await buy({
  check: async (body) => (await check({ body, throwOnError: true })).data,
  pay: async (body) => (await pay({ body, throwOnError: true })).data,
  status: async (body) => (await status({ body, throwOnError: true })).data,
});
