import { expectTypeOf, test } from "vitest";
import type { Client, PayResult, StatusResult } from "./index.ts";

/** Never called: `tsc` is the test. */
export function mustCompile(client: Client, result: PayResult): string {
  void client.check({ product_id: 1n });
  void client.check({ product_id: 1 });
  // @ts-expect-error a request needs every field
  void client.pay({ product_id: 1n, price: 1 });
  // @ts-expect-error a field has the type of the contract
  void client.check({ product_id: "1" });
  // @ts-expect-error a field must be one of the contract
  void client.check({ product_id: 1n, productId: 1n });
  // @ts-expect-error pay is never absent
  if (result.outcome === "absent") return "";
  // @ts-expect-error there is no body before the outcome is known
  void result.body;

  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the missing case is the test
  switch (result.outcome) {
    case "succeeded":
      return result.body.product?.productKey?.reveal() ?? "";
    case "rejected":
      if (result.status === "WRONG_PRICE") expectTypeOf(result.body.status).toEqualTypeOf<"WRONG_PRICE">();
      // @ts-expect-error a refusal has no product
      void result.body.product;
      return result.status;
    case "unknown":
      return result.reason === "undecided" ? (result.body.partner_txn_id ?? "") : result.detail;
  }
  // @ts-expect-error not-sent has not been handled
  return result satisfies never;
}

test("a status narrows the body", () => {
  type Refused = Extract<PayResult, { outcome: "rejected" }>;
  expectTypeOf<Refused["status"]>().toEqualTypeOf<"WRONG_PRICE" | "PRODUCT_NOT_FOUND" | "PRODUCT_OUT_OF_STOCK">();
  expectTypeOf<Refused["body"]["status"]>().toEqualTypeOf<Refused["status"]>();
  expectTypeOf<Extract<PayResult, { reason: "undecided" }>["status"]>().toEqualTypeOf<"TXN_DUPLICATE">();
});

test("a result has the classes of its operation and no others", () => {
  expectTypeOf<PayResult["outcome"]>().toEqualTypeOf<"succeeded" | "rejected" | "unknown" | "not-sent">();
  expectTypeOf<StatusResult["outcome"]>().toEqualTypeOf<"succeeded" | "rejected" | "absent" | "unknown" | "not-sent">();
  expectTypeOf<Extract<StatusResult, { reason: "undecided" }>>().toBeNever();
});
