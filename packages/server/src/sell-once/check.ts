import type { Encodable } from "@codegames/codec";
import type { CheckRequest, CheckResponse } from "@codegames/contract";
import type { CallContext } from "../handler-options.ts";
import type { Shop } from "./sell-once-options.ts";
import { withoutUndefined } from "./without-undefined.ts";

export async function check<Tx>(
  { findProduct }: Shop<Tx>,
  { product_id }: CheckRequest,
  context: CallContext,
): Promise<Encodable<CheckResponse>> {
  const listing = await findProduct(product_id, context);
  if (!listing) return { status: "PRODUCT_NOT_FOUND" };
  if (!listing.isInStock) return { status: "PRODUCT_OUT_OF_STOCK" };
  const { name, price, partner_price, shortDescription, addInfo } = listing;
  return {
    status: "OK",
    product: withoutUndefined({ id: product_id, name, shortDescription, price, partner_price, addInfo }),
  };
}
