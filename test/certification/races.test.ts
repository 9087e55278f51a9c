import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import { type CatalogueProduct, type Sandbox, startSandbox } from "@codegames/sandbox";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Answer, createCaller } from "./caller.ts";

const rounds = 100;
const merchants = 200;

const folder = mkdtempSync(join(tmpdir(), "codegames-races-"));
afterAll(() => rmSync(folder, { recursive: true }));

const product = (id: number, keys: number): CatalogueProduct => ({
  id: BigInt(id),
  name: `Product ${id}`,
  price: 100,
  partner_price: 90,
  keys,
});

/** Two products with many keys, and for each round one with a single key. */
const catalogue = [
  product(1, 1_000_000),
  product(2, 1_000_000),
  ...Array.from({ length: rounds }, (_, round) => product(5000 + round, 1)),
];

const tokens = Object.fromEntries(Array.from({ length: merchants }, (_, index) => [`token-${index}`, `shop-${index}`]));

describe.each(Object.entries({ SQLite: join(folder, "races.db"), PostgreSQL: undefined }))(
  "on %s",
  (name, database) => {
    let sandbox: Sandbox;

    beforeAll(async () => {
      sandbox = await startSandbox({
        database: database ?? (await newDatabase(inject("databaseUrl"))),
        catalogue,
        tokens,
      });
    });

    afterAll(() => sandbox.close());

    const statusesOf = async (pays: Promise<Answer>[]) =>
      (await Promise.all(pays)).map(({ body }) => body?.status as string);
    const findSales = async (isFound: (entry: { txn_id: string; product_id: bigint }) => boolean) =>
      (await sandbox.ledger()).filter(isFound);

    test(`20 identical simultaneous pays sell once, ${rounds} times`, async () => {
      const merchant = createCaller(sandbox.url, "Bearer token-0");
      for (let round = 0; round < rounds; round++) {
        const statuses = await statusesOf(Array.from({ length: 20 }, () => merchant.pay("1", 100, `same-${round}`)));
        expect(statuses.toSorted()).toEqual(["OK", ...Array<string>(19).fill("TXN_DUPLICATE")]);
      }
      expect(await findSales(({ txn_id }) => txn_id.startsWith("same-"))).toHaveLength(rounds);
    }, 120_000);

    test(`two simultaneous pays for the last key sell it once, ${rounds} times`, async () => {
      const merchant = createCaller(sandbox.url, "Bearer token-0");
      for (let round = 0; round < rounds; round++) {
        const statuses = await statusesOf(
          [1, 2].map((which) => merchant.pay(String(5000 + round), 100, `last-${round}-${which}`)),
        );
        expect(statuses.toSorted()).toEqual(["OK", "PRODUCT_OUT_OF_STOCK"]);
      }
      expect(await findSales(({ product_id }) => product_id >= 5000n)).toHaveLength(rounds);
    }, 120_000);

    test(`${merchants} merchants who pay at once under one txn_id each buy their own, ${rounds} times`, async () => {
      const callers = Object.keys(tokens).map((token) => createCaller(sandbox.url, `Bearer ${token}`));
      const startedAt = performance.now();
      for (let round = 0; round < rounds; round++) {
        const statuses = await statusesOf(callers.map((merchant) => merchant.pay("2", 100, `crowd-${round}`)));
        expect(new Set(statuses)).toEqual(new Set(["OK"]));
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const sales = await findSales(({ product_id }) => product_id === 2n);
      expect(sales).toHaveLength(rounds * merchants);
      expect(new Set(sales.map(({ merchant, txn_id }) => `${merchant} ${txn_id}`)).size).toBe(rounds * merchants);
      console.log(`races: ${sales.length} sales on ${name}, ${(sales.length / seconds).toFixed(0)} a second`);
    }, 300_000);

    test("no key is sold twice", async () => {
      const ledger = await sandbox.ledger();
      const keys = ledger.map(({ key }) => key);
      expect(new Set(keys).size).toBe(ledger.length);
    });
  },
);
