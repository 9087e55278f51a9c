import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../transaction-store/sqlite/sqlite-store.ts";
import { ask, describeProviders, findProduct, sell, sellWithin, shop } from "./sell-once.fixture.ts";
import { sellOnce } from "./sell-once.ts";

describeProviders((_, way, providerOf) => {
  test("sells, and says so ever after", async () => {
    const provider = providerOf();
    const pay = await provider.pay(ask, shop);
    expect(pay).toMatchObject({ status: "OK", product: { id: 1n, name: "Card", price: 50000 } });
    if (pay.status !== "OK") throw new Error(pay.status);
    expect(pay.product?.productKey).toBe(`KEY-${pay.partner_txn_id}`);
    for (let times = 0; times < 3; times++) {
      const status = await provider.status({ txn_id: "A-17" }, shop);
      expect(status).toEqual({ status: "OK", partner_txn_id: pay.partner_txn_id });
    }
  });

  test("keeps the merchants apart (A8, E3)", async () => {
    const provider = providerOf();
    await provider.pay(ask, shop);
    expect(await provider.status({ txn_id: "A-17" }, { merchant: "shop-2" })).toEqual({ status: "TXN_NOT_FOUND" });
    expect(await provider.pay(ask, { merchant: "shop-2" })).toMatchObject({ status: "OK" });
    expect(way).toHaveBeenCalledTimes(2);
  });
});

describe("sellOnce() throws a TypeError", () => {
  const store = openSqliteStore({ file: ":memory:" });

  test.each([
    [{ leaseMs: 0 }, /leaseMs must be a whole number from 1, is 0/],
    [{ leaseMs: Number.NaN }, /is NaN/],
    [{ store: {} }, /option store/],
    [{ findProduct: 1 }, /findProduct must be a function, is number/],
  ])("that names the wrong option in %j", (options, message) => {
    expect(() => sellOnce({ store, findProduct, sell, ...options } as never)).toThrow(message);
  });

  test("unless it gets exactly one way to sell", () => {
    const options = { store, findProduct };
    expect(() => sellOnce(options)).toThrow("give either sell or sellWithin");
    expect(() => sellOnce({ ...options, sell, sellWithin })).toThrow("give either sell or sellWithin");
  });
});
