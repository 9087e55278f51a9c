import { readFileSync } from "node:fs";
import { magicProducts, slowProduct } from "./fault.ts";

/** A product of a catalogue. */
export interface CatalogueProduct {
  id: bigint;
  name: string;
  price: number;
  partner_price: number;
  /** The number of keys at the start; `"none"` for a top-up, which has no key and is always in stock. */
  keys: number | "none";
}

/** The default products: those that certification needs, and the magic ones. */
export const defaultCatalogue: readonly CatalogueProduct[] = [
  { id: 1n, name: "In stock", price: 50_000, partner_price: 45_000, keys: 1_000_000 },
  { id: 2n, name: "Out of stock", price: 50_000, partner_price: 45_000, keys: 0 },
  { id: 3n, name: "One key left", price: 50_000, partner_price: 45_000, keys: 1 },
  { id: 4n, name: "Толтыру: әңғүұқөһі", price: 1_000, partner_price: 900, keys: "none" },
  { id: 5n, name: "4.35, which no double holds exactly", price: 4.35, partner_price: 4, keys: 1_000_000 },
  { id: 9_007_199_254_740_992n, name: "2^53", price: 1_005.1, partner_price: 1_000, keys: 1_000_000 },
  {
    id: 1_234_567_890n,
    name: "Карта пополнения PSN USA 100 USD",
    price: 50_000,
    partner_price: 45_000,
    keys: 1_000_000,
  },
  ...[...magicProducts, slowProduct].map(({ id, name }) => ({
    id,
    name,
    price: 50_000,
    partner_price: 45_000,
    keys: 1_000_000,
  })),
];

/**
 * Reads a catalogue from a JSON file: an array of `{ "id": "1", "name": …, "price": …, "partner_price": …, "keys": …
 * }`, where an id is a string of digits or a safe integer.
 *
 * @throws A `TypeError` that names the file, the place and what is allowed.
 */
export function readCatalogue(file: string): CatalogueProduct[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new TypeError(`Cannot read the catalogue ${file}: ${(error as Error).message}`);
  }
  if (!Array.isArray(parsed)) throw new TypeError(`Cannot read the catalogue ${file}: must be an array`);
  return parsed.map((product: Record<string, unknown> | null, index) => {
    const { id, name, price, partner_price, keys } = product ?? {};
    const refuse = (field: string, allowed: string) => {
      const place = `Cannot read the catalogue ${file}: [${index}].${field}`;
      return new TypeError(`${place} must be ${allowed}, is ${JSON.stringify(product?.[field])}`);
    };
    if (!(typeof id === "string" && /^\d{1,19}$/.test(id) && BigInt(id) < 2n ** 63n) && !Number.isSafeInteger(id)) {
      throw refuse("id", "a string of digits below 2^63 or a safe integer");
    }
    if (typeof name !== "string" || name === "") throw refuse("name", "a text");
    if (!isPrice(price)) throw refuse("price", "a number above 0");
    if (!isPrice(partner_price)) throw refuse("partner_price", "a number above 0");
    if (keys !== "none" && !(Number.isSafeInteger(keys) && (keys as number) >= 0)) {
      throw refuse("keys", 'a whole number from 0 or "none"');
    }
    return { id: BigInt(id as string), name, price, partner_price, keys: keys as number | "none" };
  });
}

export const isPrice = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;
