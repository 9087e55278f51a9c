/** A literal of JSON, and the value that a reader must make of it. */
export interface NumberCase {
  name: string;
  /** The type of the contract: an int64, a price, or a text that must not be empty. */
  type: "int64" | "price" | "id";
  literal: string;
  expected: {
    /** The value: an integer or a decimal without exponent, or the text itself; null: it must be refused. */
    reads: string | null;
    /** Whether the contract itself allows the literal: it may be written, and requests may have it. */
    isExact: boolean;
  };
}

const cases = (
  type: NumberCase["type"],
  isExact: boolean,
  literals: readonly (readonly [string, string | null])[],
): NumberCase[] =>
  literals.map(([literal, reads]) => ({
    name: `${type} ${literal}`,
    type,
    literal,
    expected: { reads, isExact: isExact && reads !== null },
  }));

const same = (...literals: string[]) => literals.map((literal) => [literal, literal] as const);
const quoted = (...values: string[]) => values.map((value) => [`"${value}"`, value] as const);
const refused = (...literals: string[]) => literals.map((literal) => [literal, null] as const);

const integers = [
  "0",
  "1",
  "-1",
  "1234567890",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
];
const prices = [
  "1",
  "50000",
  "0.1",
  "0.3",
  "4.35",
  "1005.1",
  "99999.99",
  "0.01",
  "123456789.12",
  "9007199254740991",
  "0.30000000000000004",
  "1.1",
];

export const numberCases: NumberCase[] = [
  ...cases("int64", true, same(...integers)),
  ...cases("int64", false, quoted(...integers)),
  ...cases(
    "int64",
    false,
    refused(
      "9223372036854775808",
      "-9223372036854775809",
      "18446744073709551615",
      "1.5",
      "1e400",
      "1234567890.00000000000001",
    ),
  ),
  ...cases(
    "int64",
    false,
    refused(
      '"9223372036854775808"',
      '"01"',
      '"+1"',
      '"1.0"',
      '"1e3"',
      '" 1"',
      '"1 "',
      '""',
      '"0x1"',
      '"١"',
      "null",
      "true",
      "[]",
      "{}",
    ),
  ),
  ...cases("price", true, same(...prices)),
  ...cases("price", true, [
    ["50000.0", "50000"],
    ["5e4", "50000"],
    ["5E+4", "50000"],
    ["500000e-1", "50000"],
    ["0.10", "0.1"],
    ["1e21", `1${"0".repeat(21)}`],
    ["5e-324", `0.${"0".repeat(323)}5`],
  ]),
  ...cases("price", false, [
    ...quoted("50000", "4.35", "99999.99", "0.01"),
    ['"50000.00"', "50000"],
    ['"50000.0"', "50000"],
    ['"0.10"', "0.1"],
  ]),
  ...cases(
    "price",
    false,
    refused(
      "0",
      "0.0",
      "-0",
      "-5",
      "1e400",
      "1e-400",
      "9007199254740993",
      "0.1000000000000000055511151231257827",
      "50000.000000000000000001",
      "12345678901234567890",
    ),
  ),
  ...cases(
    "price",
    false,
    refused(
      '"50.000"',
      '"50,00"',
      '"1 000"',
      '"5e4"',
      '"+5"',
      '"-5"',
      '"05"',
      '"5."',
      '".5"',
      '" 5"',
      '"0"',
      '"0.00"',
      '"9007199254740993"',
      '""',
      '"NaN"',
      "null",
      "true",
      "[]",
    ),
  ),
  ...cases("id", true, quoted("W5345623457426245", "0", "000123", " ", "1.2e+19")),
  ...cases("id", false, same("1", "123", "12345678901234567890", "9".repeat(60))),
  ...cases("id", false, refused('""', "0", "-0", "-5", "1.0", "1.5", "1e3", "1.2e+19", "null", "false", "[]", "{}")),
];
