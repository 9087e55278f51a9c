import type { Random } from "./random.ts";

/** One way to write a member. */
export interface Written {
  /** The JSON text of the value; undefined leaves the member out. */
  json: string | undefined;
  /** What the provider meant, as text; undefined: nothing. */
  means?: string | undefined;
  /** The kind that a reader has to note, if the member is not as the contract says. */
  actual?: string;
  /** Whether it is a secret that nobody can read. */
  isUnreadable?: boolean;
}

const texts = [
  "Карта пополнения PSN USA 100 USD",
  "Ключ «Ёлка» № 7",
  "Größe é, ñ und ¿qué?",
  "Card, 100 USD",
  'a "quoted" \\ text',
  "line\nbreak\tand tab",
  "😀 U+1F600",
  "0",
  "null",
  "000123",
] as const;

const junk = [
  ["true", "a boolean"],
  ["false", "a boolean"],
  ["{}", "an object"],
  ['{"status":"OK","ru":"Карта"}', "an object"],
  ["[]", "an empty array"],
  ['["Карта",[1.50]]', "an array"],
] as const;

const zeros = ["0", "0.0", "-0", "0e7"].map((json) => [json, "zero"] as const);
const oddNumbers = ["1.5", "-7", "1e5", "123.0", "1E400"].map((json) => [json, "a number"] as const);
const oddPrices = [
  ...[
    "-5",
    "1e400",
    "1e-400",
    "0.1000000000000000055511151231257827",
    "9007199254740993",
    "50000.000000000000000001",
  ].map((json) => [json, "a number"] as const),
  ...[
    "50.000",
    "50,00",
    "1 000",
    "free",
    "5e4",
    "+5",
    "-5",
    " 5",
    "05",
    "0",
    "0.00",
    "5.",
    ".5",
    "٥",
    "9007199254740993",
  ].map((text) => [JSON.stringify(text), "a text"] as const),
];

export const exact = (json: string, means?: string): Written => ({ json, means });
const absent = ([json, actual]: readonly [string, string]): Written => ({ json, actual });
const nothing: Written = { json: undefined };

/** A text that decides nothing (D17). */
export function writeText(random: Random, { isRequired = false, isFilled = false, isNullable = false } = {}): Written {
  const number = random.digits(1 + random.below(25));
  return random.pick<() => Written>([
    () => exact(JSON.stringify(random.pick(texts))),
    () => (isRequired ? { json: undefined, actual: "missing" } : nothing),
    () => (isNullable ? exact("null") : absent(["null", "null"])),
    () => (isFilled ? absent(['""', "an empty text"]) : exact('""')),
    () => ({ json: number, actual: "a number" }),
    () => absent(random.pick([...junk, ...zeros, ...oddNumbers])),
    () => (isFilled && isRequired ? exact(JSON.stringify("й".repeat(1025))) : nothing),
  ])();
}

/** The number of a price in one of the ways that stand for the same decimal. */
function writeAmount(random: Random, cents: number): string {
  const price = String(cents / 100);
  return random.pick([
    price,
    price,
    (cents / 100).toFixed(2),
    `${cents}e-2`,
    `${price}${price.includes(".") ? "0" : ".0"}`,
  ]);
}

/** The price of a check, which decides. */
export function writePrice(random: Random, cents: number): Written {
  const means = String(cents / 100);
  if (random.happens(60)) return exact(writeAmount(random, cents), means);
  return { json: quotedPrice(random, cents), means, actual: "a text" };
}

const quotedPrice = (random: Random, cents: number) =>
  JSON.stringify(random.pick([String(cents / 100), (cents / 100).toFixed(2), (cents / 100).toFixed(2)]));

/** A price that decides nothing: that of a sale, and the partner's. */
export function writeSparePrice(random: Random, cents: number, isRequired = false): Written {
  return random.pick<() => Written>([
    () => writePrice(random, cents),
    () => writePrice(random, cents),
    () => (isRequired ? { json: undefined, actual: "missing" } : nothing),
    () => absent(["null", "null"]),
    () => absent(['""', "an empty text"]),
    () => absent(random.pick(zeros)),
    () => absent(random.pick([...junk, ...oddPrices])),
  ])();
}

/** The id of the product, which is absent or the one that was asked for. */
export function writeProductId(random: Random, id: string): Written {
  return random.pick<Written>([
    exact(id, id),
    { json: `"${id}"`, means: id, actual: "a text" },
    absent(["null", "null"]),
    { json: undefined, actual: "missing" },
  ]);
}

/** An id of the provider's that ends in the number of the answer: no two answers have the same. */
export function writePartnerTxnId(random: Random, index: number): Written {
  const unique = String(index).padStart(5, "0");
  const digits = random.digits(1 + random.below(30)) + unique;
  if (random.happens(40)) return { json: digits, means: digits, actual: "a number" };
  const id = random.pick(["W", "Ы", "0", " ", ""]) + unique;
  return exact(JSON.stringify(id), id);
}

/** The id of the provider's in a refusal, where it decides nothing; it is not among what the answer means. */
export function writeSpareId(random: Random, index: number): Written {
  return random.pick<() => Written>([
    () => writePartnerTxnId(random, index),
    () => nothing,
    () => absent(["null", "null"]),
    () => absent(['""', "an empty text"]),
    () => absent(random.pick([...junk, ...zeros, ...oddNumbers])),
  ])();
}

/** The facts of a product: `{}` in the contract, `[]` in PHP. */
export function writeFacts(random: Random, isSecret: boolean): Written {
  return random.pick<() => Written>([
    () => exact(random.pick(["{}", '{"region":"США","PIN":[null,1.50,""]}', '{"a":{"b":[[]]}}'])),
    () => nothing,
    () => absent(["null", "null"]),
    () => absent(["[]", "an empty array"]),
    // A secret that cannot be read is another story.
    () => (isSecret ? nothing : absent(random.pick([...unreadable, ['"text"', "a text"]]))),
  ])();
}

/** What no reader can take for an object or a text. */
const unreadable = [
  ['["PIN-1","PIN-2"]', "an array"],
  ["true", "a boolean"],
  ["1.2e+19", "a number"],
  ["-5", "a number"],
  ["0", "zero"],
] as const;

/** A secret that is there and that nobody can read. */
export function writeUnreadable(random: Random, isObject: boolean): Written {
  const others = isObject
    ? ([
        ['"PIN-1"', "a text"],
        ['""', "an empty text"],
      ] as const)
    : ([
        ["[]", "an empty array"],
        ['{"code":"PIN-1"}', "an object"],
      ] as const);
  return { ...absent(random.pick<readonly [string, string]>([...unreadable, ...others])), isUnreadable: true };
}

/** The key that the customer redeems; an encoder that takes it for a number writes its digits. */
export function writeKey(random: Random): Written {
  const key = random.pick(["FJQR-RGPM-BXLD", "0123", "Ключ-ё", "Größe", " ", "null", '"', random.digits(20)]);
  const digits = random.digits(1 + random.below(30));
  return random.pick<Written>([
    exact(JSON.stringify(key), key),
    exact(JSON.stringify(key), key),
    { json: digits, means: digits, actual: "a number" },
    nothing,
    exact("null"),
    exact('""'),
  ]);
}
