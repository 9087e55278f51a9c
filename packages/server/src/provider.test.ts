import { expectTypeOf, test } from "vitest";
import { type CallContext, createHandler, type Provider } from "./index.ts";

const provider: Provider = {
  check: async ({ product_id }) => ({
    status: "OK",
    product: { id: product_id, name: "Card", price: 50000, partner_price: 45000 },
  }),
  pay: (_, { merchant }) => ({ status: "TXN_DUPLICATE", comment: merchant }),
  status: () => ({ status: "TXN_CANCELED" }),
};

/** Nobody calls this: `tsc` is the test. */
export function mustNotCompile(): void {
  const { pay: _, ...incomplete } = provider;
  // @ts-expect-error a provider needs every method
  createHandler(incomplete, { auth: "none" });
  // @ts-expect-error a provider answers with the statuses of the operation
  createHandler({ ...provider, pay: async () => ({ status: "TXN_NOT_FOUND" }) }, { auth: "none" });
  // @ts-expect-error a success needs its product
  createHandler({ ...provider, check: () => ({ status: "OK" }) }, { auth: "none" });
  // @ts-expect-error auth must be chosen
  createHandler(provider, {});
}

test("a provider's method takes the decoded request and the context", () => {
  expectTypeOf<Parameters<Provider["status"]>>().toEqualTypeOf<[{ txn_id: string }, CallContext]>();
});
