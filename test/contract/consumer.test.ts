import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, PayResult } from "@codegames/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exercise, findDifferences, readPact } from "./consumer.ts";
import { parse, print } from "./exact-json.ts";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";

const committed = readFileSync(pactFile, "utf8");
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "codegames-pact-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe("the client classifies the answer when", () => {
  test.each(interactions)("$description", async (interaction) => {
    expect(await exercise(interaction, dir)).toMatchObject({
      httpStatus: interaction.httpStatus,
      ...interaction.result,
    });
  });

  test("and the committed pact holds exactly these interactions (else run npm run pact)", () => {
    const generated = readPact(dir);
    expect(findDifferences(generated, committed)).toEqual([]);
    expect(generated).toBe(committed);
  });
});

test("the client reads the key of a card, and no key of a top-up", async () => {
  const keyOf = async (description: string) => {
    const interaction = interactions.find((each) => each.description === description)!;
    const result = (await exercise(interaction, dir)) as PayResult;
    return result.outcome === "succeeded" ? result.body.product?.productKey?.reveal() : result;
  };
  expect(await keyOf("pay is answered with OK")).toBe("EXAMPLE-KEY-NOT-REAL");
  expect(await keyOf("pay is answered with OK, for a top-up that has no key")).toBeUndefined();
});

describe("the pact accepts no interaction", () => {
  const pay = interactions.find(
    ({ description }) => description === "pay is answered with OK, for a product id that no double holds",
  )!;
  const { product_id, price, txn_id } = pay.request as { product_id: bigint; price: number; txn_id: string };

  test.each<[string, (client: Client) => Promise<unknown>]>([
    ["whose request never arrives", async () => {}],
    ["whose request goes to another operation", (client) => client.status({ txn_id })],
    ["whose request has another price", (client) => client.pay({ product_id, price: price + 0.01, txn_id })],
    [
      "whose request has an id that went through a double",
      (client) => client.pay({ product_id: BigInt(Number(product_id)), price, txn_id }),
    ],
  ])("%s", async (_, call) => {
    const own = mkdtempSync(join(tmpdir(), "codegames-pact-"));
    await expect(exercise(pay, own, call)).rejects.toThrow("Test failed for the following reasons");
    expect(() => readPact(own)).toThrow("ENOENT");
    rmSync(own, { recursive: true });
  });
});

describe("findDifferences() names", () => {
  const {
    interactions: [first, ...rest],
    ...pact
  } = parse(committed);
  const withInteractions = (...each: unknown[]) => print({ ...pact, interactions: each });

  test.each([
    [
      "an interaction that is lost",
      withInteractions(...rest),
      `${first.description}: is in the committed pact, but the client does not exercise it`,
    ],
    [
      "an interaction that is added",
      withInteractions({ ...first, description: "another" }, first, ...rest),
      "another: is not in the committed pact",
    ],
    [
      "an interaction that is changed",
      withInteractions({ ...first, response: { status: 418 } }, ...rest),
      `${first.description}: differs from the committed pact`,
    ],
  ])("%s", (_, generated, difference) => {
    expect(findDifferences(generated, committed)).toEqual([difference]);
  });
});

test("the pact holds an id beyond 2^53 digit for digit, and no version, date or path", () => {
  expect(committed.match(/: 9007199254740993\b/g)).toHaveLength(4);
  expect(parse(committed).metadata).toEqual({ pactSpecification: { version: "4.0" } });
  expect(committed).not.toMatch(/pactRust|pact-js|\/(home|tmp|work|Users)\/|\d{4}-\d\d-\d\d/);
});
