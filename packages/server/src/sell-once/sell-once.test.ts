// Long, because every case runs over both stores and both ways to sell, which share one set-up.
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { openPostgresStore } from "../transaction-store/postgres/postgres-store.ts";
import { ProblemError } from "../problem-error.ts";
import type { Listing, Sale, SellOnceOptions } from "./options.ts";
import { sellOnce } from "./sell-once.ts";
import { openSqliteStore } from "../transaction-store/sqlite/sqlite-store.ts";
import type { Order, TransactionStore } from "../transaction-store/transaction-store.ts";

let pool: pg.Pool;
// oxlint-disable-next-line typescript/no-explicit-any -- of either dialect
let store: TransactionStore<any>;
let clock: number;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await newDatabase(inject("databaseUrl")), max: 30 });
  pool.on("error", () => {});
});

afterAll(() => pool.end());

const shop = { merchant: "shop-1" };
const ask = { product_id: 1n, price: 50000, txn_id: "A-17" };
const card = (): Listing => ({ name: "Card", price: 50000, partner_price: 45000, isInStock: true });

const sell = vi.fn<(order: Order) => Promise<Sale | "out-of-stock">>();
const sellWithin = vi.fn<(order: Order, tx: unknown) => Promise<Sale | "out-of-stock">>();
const findProduct = vi.fn<SellOnceOptions<unknown>["findProduct"]>();

const open = {
  SQLite: async () => openSqliteStore({ file: ":memory:" }),
  PostgreSQL: async () => {
    const postgres = await openPostgresStore(pool);
    await pool.query("TRUNCATE codegames_transactions");
    return postgres;
  },
};

/** How a provider sells: with effects anywhere, or within the database of the store. */
const ways = { sell: { sell }, sellWithin: { sellWithin } };

describe.each(Object.entries(open))("over %s", (_, openStore) => {
  beforeEach(async () => {
    store = await openStore();
    clock = 1_700_000_000_000;
    vi.resetAllMocks();
    findProduct.mockImplementation((id) => (id === 1n ? card() : undefined));
    for (const way of [sell, sellWithin]) way.mockImplementation(async ({ partner_txn_id }) => ({ productKey: `KEY-${partner_txn_id}` }));
    return () => store.close();
  });

  describe.each(Object.entries(ways))("a provider with %s", (name, way) => {
    const sold = name === "sell" ? sell : sellWithin;
    const providerOf = (options: Partial<SellOnceOptions<unknown>> = {}) =>
      sellOnce({ store, findProduct, ...way, now: () => clock, ...options } as SellOnceOptions<unknown>);

    test("sells, and says so ever after", async () => {
      const provider = providerOf();
      const pay = await provider.pay(ask, shop);
      expect(pay).toMatchObject({ status: "OK", product: { id: 1n, name: "Card", price: 50000 } });
      if (pay.status !== "OK") throw new Error(pay.status);
      expect(pay.product?.productKey).toBe(`KEY-${pay.partner_txn_id}`);
      for (let times = 0; times < 3; times++) {
        expect(await provider.status({ txn_id: "A-17" }, shop)).toEqual({ status: "OK", partner_txn_id: pay.partner_txn_id });
      }
    });

    test("sells an id once, whatever the second request asks for (A3, A4)", async () => {
      const provider = providerOf();
      const first = await provider.pay(ask, shop);
      findProduct.mockImplementation(() => ({ ...card(), price: 1, isInStock: false }));
      const duplicate = { status: "TXN_DUPLICATE", partner_txn_id: first.status === "OK" && first.partner_txn_id };
      expect(await provider.pay(ask, shop)).toEqual(duplicate);
      expect(await provider.pay({ ...ask, product_id: 2n }, shop)).toEqual(duplicate);
      expect(await provider.pay({ ...ask, price: 50001 }, shop)).toEqual(duplicate);
      expect(sold).toHaveBeenCalledOnce();
    });

    test("sells once to 20 at once (A6)", async () => {
      const provider = providerOf();
      const pays = await Promise.all(Array.from({ length: 20 }, async () => provider.pay(ask, shop)));
      expect(pays.filter(({ status }) => status === "OK")).toHaveLength(1);
      expect(pays.filter(({ status }) => status === "TXN_DUPLICATE")).toHaveLength(19);
      expect(sold).toHaveBeenCalledOnce();
    });

    test("keeps the merchants apart (A8, E3)", async () => {
      const provider = providerOf();
      await provider.pay(ask, shop);
      expect(await provider.status({ txn_id: "A-17" }, { merchant: "shop-2" })).toEqual({ status: "TXN_NOT_FOUND" });
      expect(await provider.pay(ask, { merchant: "shop-2" })).toMatchObject({ status: "OK" });
      expect(sold).toHaveBeenCalledTimes(2);
    });

    test.each([
      ["PRODUCT_NOT_FOUND", { ...ask, product_id: 2n }, card()],
      ["WRONG_PRICE", { ...ask, price: 50000.01 }, card()],
      ["WRONG_PRICE", { ...ask, price: 49999 }, { ...card(), isInStock: false }],
      ["PRODUCT_OUT_OF_STOCK", ask, { ...card(), isInStock: false }],
    ])("refuses with %s for good (A7)", async (status, request, listing) => {
      findProduct.mockImplementation((id) => (id === 1n ? listing : undefined));
      const provider = providerOf();
      expect(await provider.pay(request, shop)).toEqual({ status });
      findProduct.mockImplementation(() => card());
      expect(await provider.pay(ask, shop)).toMatchObject({ status: "TXN_DUPLICATE" });
      expect(await provider.status({ txn_id: "A-17" }, shop)).toEqual({ status: "TXN_CANCELED", comment: status });
      expect(sold).not.toHaveBeenCalled();
    });

    test("refuses when there is nothing left after all", async () => {
      sold.mockResolvedValue("out-of-stock");
      const provider = providerOf();
      expect(await provider.pay(ask, shop)).toEqual({ status: "PRODUCT_OUT_OF_STOCK" });
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
    });

    test("answers an exact repeat like the first time when it can replay (A5), and no other", async () => {
      const provider = providerOf({ replay: ({ partner_txn_id }) => ({ productKey: `KEY-${partner_txn_id}` }) });
      const first = await provider.pay(ask, shop);
      expect(await provider.pay(ask, shop)).toEqual(first);
      expect(await provider.pay({ ...ask, price: 1 }, shop)).toMatchObject({ status: "TXN_DUPLICATE" });
      const refused = { ...ask, price: 1, txn_id: "B" };
      expect(await provider.pay(refused, shop)).toEqual({ status: "WRONG_PRICE" });
      expect(await provider.pay(refused, shop)).toEqual({ status: "WRONG_PRICE" });
      expect(sold).toHaveBeenCalledOnce();
    });

    test("says 503 of a pay that is undecided, and never TXN_NOT_FOUND (B4)", async () => {
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sold.mockReturnValue(promise);
      const provider = providerOf();
      const paying = provider.pay(ask, shop);
      await vi.waitFor(() => expect(sold).toHaveBeenCalled());
      const asked = provider.status({ txn_id: "A-17" }, shop);
      await expect(asked).rejects.toThrow(ProblemError);
      resolve({});
      expect(await paying).toMatchObject({ status: "OK" });
    });

    test("does not begin to sell what took so long to find that the money may be back", async () => {
      findProduct.mockImplementation(() => ((clock += 60_000), card()));
      const provider = providerOf();
      await expect(Promise.resolve(provider.pay(ask, shop))).rejects.toThrow(ProblemError);
      expect(await provider.status({ txn_id: "A-17" }, shop)).toEqual({ status: "TXN_CANCELED", comment: "TXN_CANCELED" });
      expect(sold).not.toHaveBeenCalled();
    });

    test("cancels what could not be found for an error, and says 503 of it meanwhile (B4)", async () => {
      const { promise, reject } = Promise.withResolvers<Listing>();
      findProduct.mockImplementation(() => promise);
      const provider = providerOf();
      const paying = Promise.resolve(provider.pay(ask, shop));
      await vi.waitFor(() => expect(findProduct).toHaveBeenCalled());
      await expect(Promise.resolve(provider.status({ txn_id: "A-17" }, shop))).rejects.toThrow(ProblemError);
      reject(new Error("catalogue"));
      await expect(paying).rejects.toThrow("catalogue");
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
    });

    test("does not sell what somebody has cancelled meanwhile", async () => {
      const { promise, resolve } = Promise.withResolvers<Listing>();
      findProduct.mockImplementation(() => promise);
      const paying = Promise.resolve(providerOf().pay(ask, shop));
      await vi.waitFor(() => expect(findProduct).toHaveBeenCalled());
      const other = providerOf({ now: () => clock + 60_000 });
      expect(await other.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
      resolve(card());
      await expect(paying).rejects.toThrow(ProblemError);
      expect(sold).not.toHaveBeenCalled();
    });

    test.each([undefined, null, "out_of_stock", false, "", { productKey: 5 }])("takes %j for no sale and no refusal", async (wrong) => {
      sold.mockResolvedValue(wrong as never);
      const provider = providerOf();
      await expect(Promise.resolve(provider.pay(ask, shop))).rejects.toThrow(/^Cannot sell "A-17": /);
      const status = Promise.resolve(provider.status({ txn_id: "A-17" }, shop));
      if (name === "sell") await expect(status).rejects.toThrow(ProblemError);
      else expect(await status).toMatchObject({ status: "TXN_CANCELED" });
    });

    test.each(["A\0B", "\ud800"])("takes no txn_id that a database would change: %j", async (txn_id) => {
      const provider = providerOf();
      await expect(Promise.resolve(provider.pay({ ...ask, txn_id }, shop))).rejects.toMatchObject({ httpStatus: 400 });
      await expect(Promise.resolve(provider.status({ txn_id }, shop))).rejects.toMatchObject({ httpStatus: 400 });
    });

    test("checks without effect, and shows no key", async () => {
      const provider = providerOf();
      expect(await provider.check({ product_id: 1n }, shop)).toEqual({
        status: "OK", product: { id: 1n, name: "Card", price: 50000, partner_price: 45000 },
      });
      expect(await provider.check({ product_id: 2n }, shop)).toEqual({ status: "PRODUCT_NOT_FOUND" });
      findProduct.mockImplementation(() => ({ ...card(), isInStock: false }));
      expect(await provider.check({ product_id: 1n }, shop)).toEqual({ status: "PRODUCT_OUT_OF_STOCK" });
      expect(sold).not.toHaveBeenCalled();
    });
  });

  describe("after a crash between the claim and the answer (B13)", () => {
    /** A pay that was claimed by a process that is no more. */
    const leave = async (state = "selling", txn_id = "A-17") => {
      const never = () => new Promise<never>(() => {});
      const provider = sellOnce({ store, findProduct: state === "selling" ? findProduct : never, sell: never, now: () => clock });
      void provider.pay({ ...ask, txn_id }, shop);
      await vi.waitFor(async () => expect(await store.find({ merchant: "shop-1", txn_id: txn_id })).toMatchObject({ state }));
    };

    test("what is sold elsewhere is asked for again under the same id, by status or at start", async () => {
      await leave();
      const provider = sellOnce({ store, findProduct, sell, now: () => clock });
      await expect(Promise.resolve(provider.status({ txn_id: "A-17" }, shop))).rejects.toThrow(ProblemError);
      expect(sell).not.toHaveBeenCalled();
      clock += 60_000;
      const status = await provider.status({ txn_id: "A-17" }, shop);
      expect(status).toMatchObject({ status: "OK" });
      expect(sell).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ partner_txn_id: status.status === "OK" && status.partner_txn_id }));
      expect(await provider.recover()).toEqual({ decided: 0, errors: [] });
    });

    test("what was not begun to be sold elsewhere is cancelled", async () => {
      await leave("pending");
      clock += 60_000;
      const provider = sellOnce({ store, findProduct, sell, now: () => clock });
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
      expect(sell).not.toHaveBeenCalled();
    });

    test("one of many asks again, and the others say 503", async () => {
      await leave();
      clock += 60_000;
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sell.mockReturnValue(promise);
      const provider = sellOnce({ store, findProduct, sell, now: () => clock });
      const asked = Promise.allSettled(Array.from({ length: 5 }, async () => provider.status({ txn_id: "A-17" }, shop)));
      await vi.waitFor(() => expect(sell).toHaveBeenCalled());
      resolve({});
      expect((await asked).filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(sell).toHaveBeenCalledOnce();
    });

    test("one that cannot be decided keeps no other from it, and what is at work is left alone", async () => {
      await leave("selling", "A-1");
      await leave("selling", "A-2");
      clock += 60_000;
      await leave("selling", "A-3");
      sell.mockRejectedValueOnce(new Error("supplier"));
      const provider = sellOnce({ store, findProduct, sell, now: () => clock });
      expect(await provider.recover()).toEqual({ decided: 1, errors: [new Error("supplier")] });
      expect(sell.mock.calls.map(([{ txn_id }]) => txn_id).sort()).toEqual(["A-1", "A-2"]);
    });

    test("a sale that meets a refusal is an error, and never that refusal", async () => {
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sell.mockReturnValueOnce(promise);
      const provider = sellOnce({ store, findProduct, sell, now: () => clock });
      const paying = Promise.resolve(provider.pay(ask, shop));
      await vi.waitFor(() => expect(sell).toHaveBeenCalled());
      clock += 60_000;
      sell.mockResolvedValueOnce("out-of-stock");
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
      resolve({ productKey: "KEY" });
      await expect(paying).rejects.toThrow(/it was sold as .*, and another call refused it/);
    });

    test("what is sold within the database was not: it is cancelled", async () => {
      await leave("pending");
      const provider = sellOnce({ store, findProduct, sellWithin, now: () => clock });
      clock += 60_001;
      expect(await provider.recover()).toEqual({ decided: 1, errors: [] });
      expect(await provider.status({ txn_id: "A-17" }, shop)).toEqual({ status: "TXN_CANCELED", comment: "TXN_CANCELED" });
      expect(await provider.pay(ask, shop)).toMatchObject({ status: "TXN_DUPLICATE" });
      expect(sellWithin).not.toHaveBeenCalled();
    });
  });

  test("a sale elsewhere that throws stays undecided", async () => {
    sell.mockRejectedValueOnce(new Error("supplier"));
    const provider = sellOnce({ store, findProduct, sell, now: () => clock });
    await expect(Promise.resolve(provider.pay(ask, shop))).rejects.toThrow("supplier");
    await expect(Promise.resolve(provider.status({ txn_id: "A-17" }, shop))).rejects.toThrow(ProblemError);
    clock += 60_000;
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "OK" });
  });

  test("a sale within the database that throws has not happened", async () => {
    sellWithin.mockRejectedValueOnce(new Error("database"));
    const provider = sellOnce({ store, findProduct, sellWithin, now: () => clock });
    await expect(Promise.resolve(provider.pay(ask, shop))).rejects.toThrow("database");
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
  });
});

test.each([[{ leaseMs: 0 }, /leaseMs must be a whole number from 1, is 0/], [{ leaseMs: Number.NaN }, /is NaN/], [{ store: {} }, /option store/], [{ findProduct: 1 }, /findProduct must be a function, is number/], [{ now: 1 }, /option now/]])(
  "wrong options %j are a TypeError that names them",
  (options, message) => expect(() => sellOnce({ store, findProduct, sell, ...options } as never)).toThrow(message),
);

test("exactly one way to sell is needed", () => {
  const options = { store, findProduct };
  expect(() => sellOnce(options)).toThrow("give either sell or sellWithin");
  expect(() => sellOnce({ ...options, sell, sellWithin })).toThrow("give either sell or sellWithin");
});
