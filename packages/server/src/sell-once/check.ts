import type { Encodable } from "@codegames/codec";
import type { CheckResponse } from "@codegames/contract";
import type { Shop } from "./options.ts";
import { defined } from "./sale.ts";

/** Answers `check` from the shop's listing. */
export async function check<Tx>(
  { findProduct }: Shop<Tx>,
  productId: bigint,
  context: { readonly merchant: string },
): Promise<Encodable<CheckResponse>> {
  const listing = await findProduct(productId, context);
  if (!listing) return { status: "PRODUCT_NOT_FOUND" };
  if (!listing.isInStock) return { status: "PRODUCT_OUT_OF_STOCK" };
  const { name, price, partner_price, shortDescription, addInfo } = listing;
  return { status: "OK", product: defined({ id: productId, name, shortDescription, price, partner_price, addInfo }) };
}
