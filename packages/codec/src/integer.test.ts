import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integerOf } from "./integer.ts";

describe("integerOf()", () => {
  const spelled = fc
    .tuple(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.nat(25),
      fc.nat(25),
      fc.constantFrom("e", "E", "e+", "E+"),
    )
    .map(([value, shift, zeros, e]) => {
      const sign = value < 0n ? "-" : "";
      const digits = String(value < 0n ? -value : value).padStart(shift + 1, "0");
      const whole = shift === 0 ? digits : digits.slice(0, -shift);
      const fraction = (shift === 0 ? "" : digits.slice(-shift)) + "0".repeat(zeros);
      const literal = whole.replace(/^0+(?=\d)/, "") + (fraction ? `.${fraction}` : "");
      return { value, literal: `${sign}${literal}${shift > 0 ? `${e}${shift}` : ""}` };
    });

  test("reads every int64 exactly in every spelling", () => {
    fc.assert(
      fc.property(spelled, ({ value, literal }) => integerOf(literal) === value),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ["1.0", 1n],
    ["1e3", 1000n],
    ["-0", 0n],
    ["0e999999999", 0n],
    ["0.000", 0n],
    ["-1.50e1", -15n],
    ["12300e-2", 123n],
    ["9007199254740991.4", undefined],
    ["1.5", undefined],
    ["1e-1", undefined],
    ["1e19", undefined],
    ["1e999999999", undefined],
    ["1e-999999999", undefined],
    [`1.${"0".repeat(1000)}1`, undefined],
    [`1.${"0".repeat(1000)}`, 1n],
  ])("reads %s as %s", (literal, value) => {
    expect(integerOf(literal)).toBe(value);
  });

  test("reads a megabyte of zeros in linear time", () => {
    const zeros = "0".repeat(1_000_000);
    expect(integerOf(`1.${zeros}1`)).toBeUndefined();
    expect(integerOf(`1${zeros}`)).toBeUndefined();
  });
});
