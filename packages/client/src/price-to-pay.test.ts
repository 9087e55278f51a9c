import type { CheckSucceeded } from "@codegames/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { priceToPay } from "./index.ts";

const checked = (price: number): CheckSucceeded => ({
  status: "OK",
  product: { id: 1n, name: "Card", price, partner_price: price * 0.9 },
});

test.each([
  [4.35, "USD", 435n],
  [1005.1, "USD", 100510n],
  [99999.99, "KZT", 9999999n],
  [50000, "KZT", 5000000n],
  [0.01, "EUR", 1n],
  [1000, "JPY", 1000n],
  [1.234, "KWD", 1234n],
  [1e21, "JPY", 10n ** 21n],
  [1000, "HUF", 100000n],
  [10.5, "IDR", 1050n],
  [1000, "IQD", 1000000n],
  [1, "CLF", 10000n],
])("priceToPay() of %d in %s is %s minor units", (price, currency, minorUnits) => {
  expect(priceToPay(checked(price), currency)).toEqual({ amount: price, currency, minorUnits });
});

test("priceToPay() is exact for every price with two decimals", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (cents) => {
      expect(priceToPay(checked(cents / 100), "USD").minorUnits).toBe(BigInt(cents));
    }),
  );
});

test.each([
  [4.355, "USD"],
  [0.5, "JPY"],
  [0.1 + 0.2, "USD"],
  [1e-7, "USD"],
  [5e-324, "USD"],
])("priceToPay() refuses %d in %s, which has fewer decimals", (price, currency) =>
  expect(() => priceToPay(checked(price), currency)).toThrow(/^Cannot price in \w+: price must be .*, is /),
);

test.each(["", "US", "dollars", "usd", "ZZZ", "JPX"])("priceToPay() refuses %j, which is no currency", (currency) => {
  expect(() => priceToPay(checked(1), currency)).toThrow(RangeError);
});
