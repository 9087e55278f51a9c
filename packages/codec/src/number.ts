/**
 * Whether a double gives a number literal back: whether its shortest spelling denotes the same number, so that `0.10`
 * is given back and `9007199254740993` is not.
 */
export function isGivenBack(literal: string): boolean {
  // A double gives back every 15 digits (IEEE 754), and an exponent can leave its range.
  if (literal.length <= 15 && !literal.includes("e") && !literal.includes("E")) return true;
  return significant(literal) === significant(String(Number(literal)));
}

/** The digits of a literal without zeros at either end, and the power of ten of the last of them. */
function significant(literal: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  // A loop: a pattern for zeros at the end takes time with the square of their number.
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end--;
  if (end === 0) return whole === "" ? literal : "0";
  return `${sign}${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}
