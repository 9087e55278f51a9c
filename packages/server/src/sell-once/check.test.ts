import { expect, test } from "vitest";
import { card, describeProviders, findProduct, shop } from "./sell-once.fixture.ts";

describeProviders((_, way, providerOf) => {
  test("check has no effect and shows no key", async () => {
    const provider = providerOf();
    expect(await provider.check({ product_id: 1n }, shop)).toEqual({
      status: "OK",
      product: { id: 1n, name: "Card", price: 50000, partner_price: 45000 },
    });
    expect(await provider.check({ product_id: 2n }, shop)).toEqual({ status: "PRODUCT_NOT_FOUND" });
    const row = { ...card(), shortDescription: "100 USD", addInfo: { region: "US" }, productKey: "KEY", id: 7n };
    findProduct.mockImplementation(() => row);
    expect(await provider.check({ product_id: 1n }, shop)).toEqual({
      status: "OK",
      product: {
        id: 1n,
        name: "Card",
        price: 50000,
        partner_price: 45000,
        shortDescription: "100 USD",
        addInfo: { region: "US" },
      },
    });
    findProduct.mockImplementation(() => ({ ...card(), isInStock: false }));
    expect(await provider.check({ product_id: 1n }, shop)).toEqual({ status: "PRODUCT_OUT_OF_STOCK" });
    expect(way).not.toHaveBeenCalled();
  });
});
