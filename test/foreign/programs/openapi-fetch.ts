import createClient from "openapi-fetch";
import { address, buy, token } from "./buy.ts";
import type { components, paths } from "./client.ts";

const client = createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${token}` } });

/** Compiles only if the types tell a sale from a refusal by the status. */
export function keyOf(answer: components["schemas"]["PayResponse"]): string | null | undefined {
  // @ts-expect-error a refusal has no product
  void answer.product;
  return answer.status === "OK" ? answer.product?.productKey : undefined;
}

const answered = <T>({ data }: { data?: T }): T => {
  if (data === undefined) throw new Error("no answer");
  return data;
};

await buy({
  check: async (body) => answered(await client.POST("/check", { body })),
  pay: async (body) => answered(await client.POST("/pay", { body })),
  status: async (body) => answered(await client.POST("/status", { body })),
});
