import type { Encodable } from "@codegames/codec";
import { type CheckRequest, type CheckResponse, operations, type Product } from "@codegames/contract";
import { productMembers } from "./product-members.ts";
import type { Caller, Shop } from "./sell-once-options.ts";

export async function check<Tx>(
  { findProduct }: Shop<Tx>,
  { product_id }: CheckRequest,
  context: Caller,
): Promise<Encodable<CheckResponse>> {
  const listing = await findProduct(product_id, context);
  if (!listing) return { status: "PRODUCT_NOT_FOUND" };
  if (!listing.isInStock) return { status: "PRODUCT_OUT_OF_STOCK" };
  return { status: "OK", product: { ...membersOfProduct(listing), id: product_id } as Encodable<Product> };
}

const membersOfProduct = productMembers(operations.check);
