/**
 * Reads the integer that a JSON number literal denotes, `1.0` and `1e3` included; undefined for a fraction and for more
 * than 19 digits.
 */
export function integerOf(literal: string): bigint | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)\.?(\d*)[eE]?(.*)$/.exec(literal) ?? [];
  const digits = whole + fraction;
  if (!/[1-9]/.test(digits)) return 0n;
  const point = whole.length + Number(exponent);
  if (point > digits.length + 19 || /[1-9]/.test(digits.slice(Math.max(point, 0)))) return undefined;
  const integer = digits.slice(0, point).padEnd(point, "0").replace(/^0+/, "");
  return integer.length > 19 ? undefined : BigInt(sign + integer);
}
