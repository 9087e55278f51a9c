import { expect, test } from "vitest";
import { post } from "../handler.fixture.ts";
import { createHandler } from "../index.ts";
import { openSqliteStore } from "../transaction-store/sqlite/sqlite-store.ts";
import { sellOnce } from "./sell-once.ts";

/** The decimal that a literal denotes, as an integer of 10 ** -60. */
function decimalOf(literal: string): bigint {
  const [, whole = "", fraction = "", exponent = "0"] = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(literal) ?? [];
  return BigInt(whole + fraction + "0".repeat(60 - fraction.length + Number(exponent)));
}

/** Literals of a price and of its nearest neighbours, at every decimal that a literal could have. */
function literalsAround(price: number): string[] {
  const exact = decimalOf(String(price));
  const spelled = (decimal: bigint) => {
    const digits = String(decimal).padStart(61, "0");
    return `${digits.slice(0, -60)}.${digits.slice(-60)}`.replace(/0+$/, "0");
  };
  const near = Array.from({ length: 40 }, (_, place) => 10n ** BigInt(60 - place));
  const others = near.flatMap((step) => [exact + step, exact - step]).filter((decimal) => decimal > 0n);
  return [String(price), `${spelled(exact)}00`, `${exact}e-60`, ...others.map(spelled)];
}

test.each([50_000, 49_999.99, 0.1, 0.1 + 0.2, 1_234_567.89, 2 ** 53])(
  "pay sells for %d and for no other decimal, however near (D5)",
  async (price) => {
    const store = openSqliteStore({ file: ":memory:" });
    const listing = { name: "Card", price, partner_price: price, isInStock: true };
    const provider = sellOnce({ store, findProduct: () => listing, sell: () => ({ productKey: "KEY" }) });
    const handler = createHandler(provider, { auth: "none" });
    const statuses = { OK: 0, WRONG_PRICE: 0 };
    for (const [at, literal] of literalsAround(price).entries()) {
      const { body } = await handler(post(`{"product_id":1,"price":${literal},"txn_id":"A-${at}"}`));
      const { status } = JSON.parse(String(body)) as { status: keyof typeof statuses };
      expect(status, literal).toBe(decimalOf(literal) === decimalOf(String(price)) ? "OK" : "WRONG_PRICE");
      statuses[status]++;
    }
    await store.close();
    expect(statuses.OK).toBe(3);
    expect(statuses.WRONG_PRICE).toBeGreaterThan(60);
  },
);
