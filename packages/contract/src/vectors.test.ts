import { readFileSync } from "node:fs";
import { readAnswer } from "@codegames/codec";
import { describe, expect, test } from "vitest";
import { operations } from "./index.ts";

/** One case of `vectors/numbers.json`, which `vectors/README.md` explains. */
interface NumberVector {
  name: string;
  type: "int64" | "price" | "id";
  literal: string;
  expected: { reads: string | null; isExact: boolean };
}

const file = new URL("../vectors/numbers.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: NumberVector[] };

const codec = operations.pay.response.codec;

/** An answer with the literal where the contract wants its type, and the way to what is read there. */
const answers = {
  int64: (literal: string) => sold('"W5"', literal, "1"),
  price: (literal: string) => sold('"W5"', "1", literal),
  id: (literal: string) => sold(literal, "1", "1"),
};

const sold = (id: string, productId: string, price: string) =>
  `{"status":"OK","partner_txn_id":${id},"product":{"id":${productId},"name":"Card","price":${price}}}`;

function valueOf(type: NumberVector["type"], answer: unknown): unknown {
  const { partner_txn_id, product } = answer as { partner_txn_id: string; product: { id?: bigint; price?: number } };
  return { int64: product.id, price: product.price, id: partner_txn_id }[type];
}

describe("numbers.json", () => {
  test.each(cases)("D5 D9 D19 $name", ({ type, literal, expected: { reads, isExact } }) => {
    const text = answers[type](literal);
    const read = readAnswer(codec, text);
    const value = read.ok ? valueOf(type, read.value) : undefined;
    if (reads === null) expect(value).toBeUndefined();
    else expect(value).toBe({ int64: BigInt, price: Number, id: String }[type](reads));
    if (reads !== null) expect(codec.decode(text).ok).toBe(isExact);
  });
});
