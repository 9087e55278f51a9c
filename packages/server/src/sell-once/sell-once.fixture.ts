/** The shop, both stores and both ways to sell that the tests of `sellOnce` share. */
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, inject, vi } from "vitest";
import { openPostgresStore } from "../transaction-store/postgres/postgres-store.ts";
import { openSqliteStore } from "../transaction-store/sqlite/sqlite-store.ts";
import type { Order, TransactionStore } from "../transaction-store/transaction-store.ts";
import type { Listing, Sale, SellOnceOptions } from "./sell-once-options.ts";
import { sellOnce, type SellOnce } from "./sell-once.ts";

export const shop = { merchant: "shop-1" };
export const ask = { product_id: 1n, price: 50000, txn_id: "A-17" };
export const card = (): Listing => ({ name: "Card", price: 50000, partner_price: 45000, isInStock: true });

export const sell = vi.fn<(order: Order) => Promise<Sale | "out-of-stock">>();
export const sellWithin = vi.fn<(order: Order, tx: unknown) => Promise<Sale | "out-of-stock">>();
export const findProduct = vi.fn<SellOnceOptions<unknown>["findProduct"]>();

/** The store and the time of the test that runs. */
export const scene = { store: undefined as unknown as TransactionStore, nowMs: 0 };

/** Makes a provider that sells over the store of the scene; without options it has no way to sell. */
export const providerWith = (options: Partial<SellOnceOptions<unknown>>): SellOnce =>
  sellOnce({ store: scene.store, findProduct, ...options });

/** Where a sale has its effects: anywhere, or in the database of the store. */
const ways = { sell, sellWithin };

/** Runs tests over each store, which is new and empty for each of them. */
export function describeStores(tests: () => void): void {
  let pool: pg.Pool;
  const now = () => scene.nowMs;
  const openers = {
    SQLite: async () => openSqliteStore({ file: ":memory:", now }),
    PostgreSQL: async () => {
      const store = await openPostgresStore(pool, { now });
      await pool.query("TRUNCATE codegames_transactions");
      return store;
    },
  };

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: await newDatabase(inject("databaseUrl")), max: 30 });
    pool.on("error", () => {});
  });

  afterAll(() => pool.end());

  describe.each(Object.entries(openers))("over %s", (_, openStore) => {
    beforeEach(async () => {
      const store = await openStore();
      Object.assign(scene, { store, nowMs: 1_700_000_000_000 });
      vi.resetAllMocks();
      findProduct.mockImplementation((id) => (id === 1n ? card() : undefined));
      for (const way of Object.values(ways)) {
        way.mockImplementation(async ({ partner_txn_id }) => ({ productKey: `KEY-${partner_txn_id}` }));
      }
      return () => store.close();
    });
    tests();
  });
}

type ProviderOf = (options?: Partial<SellOnceOptions<unknown>>) => SellOnce;

/** Runs tests over each store and each way to sell; they get that way and a maker of providers that use it. */
export function describeProviders(
  tests: (name: keyof typeof ways, way: typeof sell, providerOf: ProviderOf) => void,
): void {
  describeStores(() => {
    describe.each(["sell", "sellWithin"] as const)("a provider with %s", (name) => {
      tests(name, ways[name] as typeof sell, (options = {}) => providerWith({ [name]: ways[name], ...options }));
    });
  });
}
