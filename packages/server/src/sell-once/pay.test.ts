import { beforeEach, describe, expect, test, vi } from "vitest";
import { ProblemError } from "../problem-error.ts";
import type { Listing } from "./sell-once-options.ts";
import {
  ask,
  card,
  describeProviders,
  describeStores,
  findProduct,
  providerWith,
  scene,
  sell,
  sellWithin,
  shop,
} from "./sell-once.fixture.ts";

describeProviders((name, way, providerOf) => {
  test("pay sells an id once, whatever the second request asks for (A3, A4)", async () => {
    const provider = providerOf();
    const first = await provider.pay(ask, shop);
    findProduct.mockImplementation(() => ({ ...card(), price: 1, isInStock: false }));
    const duplicate = { status: "TXN_DUPLICATE", partner_txn_id: first.status === "OK" && first.partner_txn_id };
    expect(await provider.pay(ask, shop)).toEqual(duplicate);
    expect(await provider.pay({ ...ask, product_id: 2n }, shop)).toEqual(duplicate);
    expect(await provider.pay({ ...ask, price: 50001 }, shop)).toEqual(duplicate);
    expect(way).toHaveBeenCalledOnce();
  });

  test("of 20 pays at once, one sells (A6)", async () => {
    const provider = providerOf();
    const pays = await Promise.all(Array.from({ length: 20 }, async () => provider.pay(ask, shop)));
    expect(pays.filter(({ status }) => status === "OK")).toHaveLength(1);
    expect(pays.filter(({ status }) => status === "TXN_DUPLICATE")).toHaveLength(19);
    expect(way).toHaveBeenCalledOnce();
  });

  test.each([
    ["PRODUCT_NOT_FOUND", { ...ask, product_id: 2n }, card()],
    ["WRONG_PRICE", { ...ask, price: 50000.01 }, card()],
    ["WRONG_PRICE", { ...ask, price: 49999 }, { ...card(), isInStock: false }],
    ["PRODUCT_OUT_OF_STOCK", ask, { ...card(), isInStock: false }],
  ])("pay refuses with %s for good (A7)", async (status, request, listing) => {
    findProduct.mockImplementation((id) => (id === 1n ? listing : undefined));
    const provider = providerOf();
    expect(await provider.pay(request, shop)).toEqual({ status });
    findProduct.mockImplementation(() => card());
    expect(await provider.pay(ask, shop)).toMatchObject({ status: "TXN_DUPLICATE" });
    expect(await provider.status({ txn_id: "A-17" }, shop)).toEqual({ status: "TXN_CANCELED", comment: status });
    expect(way).not.toHaveBeenCalled();
  });

  test("pay refuses when nothing is left after all", async () => {
    way.mockResolvedValue("out-of-stock");
    const provider = providerOf();
    expect(await provider.pay(ask, shop)).toEqual({ status: "PRODUCT_OUT_OF_STOCK" });
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
  });

  test.each([{ name: null }, { name: undefined }, { name: "" }, { shortDescription: 5 }])(
    "pay sells nothing that it could not answer with: a product with %j",
    async (wrong) => {
      findProduct.mockImplementation(() => ({ ...card(), ...wrong }) as never);
      const provider = providerOf();
      await expect(async () => provider.pay(ask, shop)).rejects.toThrow(/^Cannot sell "A-17": \/product\//);
      expect(way).not.toHaveBeenCalled();
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
    },
  );

  test("with replay, pay answers an exact repeat like the first time, and no other (A5)", async () => {
    const provider = providerOf({ replay: ({ partner_txn_id }) => ({ productKey: `KEY-${partner_txn_id}` }) });
    const first = await provider.pay(ask, shop);
    expect(await provider.pay(ask, shop)).toEqual(first);
    expect(await provider.pay({ ...ask, price: 1 }, shop)).toMatchObject({ status: "TXN_DUPLICATE" });
    // Its literal was another price, which no double holds.
    expect(await provider.pay(ask, { ...shop, inexact: ["/price"] })).toMatchObject({ status: "TXN_DUPLICATE" });
    const refused = { ...ask, price: 1, txn_id: "B" };
    expect(await provider.pay(refused, shop)).toEqual({ status: "WRONG_PRICE" });
    expect(await provider.pay(refused, shop)).toEqual({ status: "WRONG_PRICE" });
    expect(way).toHaveBeenCalledOnce();
  });

  test("pay does not sell when finding the product outlasts the lease: the money may have been refunded", async () => {
    findProduct.mockImplementation(() => {
      scene.nowMs += 60_000;
      return card();
    });
    const provider = providerOf();
    await expect(async () => provider.pay(ask, shop)).rejects.toThrow(ProblemError);
    const status = await provider.status({ txn_id: "A-17" }, shop);
    expect(status).toEqual({ status: "TXN_CANCELED", comment: "TXN_CANCELED" });
    expect(way).not.toHaveBeenCalled();
  });

  test("pay does not sell when another process has cancelled it meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<Listing>();
    findProduct.mockImplementation(() => promise);
    const paying = Promise.resolve(providerOf().pay(ask, shop));
    await vi.waitFor(() => expect(findProduct).toHaveBeenCalled());
    scene.nowMs += 60_000;
    expect(await providerOf().status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
    resolve(card());
    await expect(paying).rejects.toThrow(ProblemError);
    expect(way).not.toHaveBeenCalled();
  });

  test.each([undefined, null, "out_of_stock", false, "", { productKey: 5 }])(
    "pay takes %j neither for a sale nor for a refusal",
    async (wrong) => {
      way.mockResolvedValue(wrong as never);
      const provider = providerOf();
      await expect(async () => provider.pay(ask, shop)).rejects.toThrow(/^Cannot sell "A-17": /);
      const status = Promise.resolve(provider.status({ txn_id: "A-17" }, shop));
      if (name === "sell") await expect(status).rejects.toThrow(ProblemError);
      else expect(await status).toMatchObject({ status: "TXN_CANCELED" });
    },
  );
});

describeStores(() => {
  describe("a process that was frozen for longer than the lease sells nothing (B13)", () => {
    let elapsedMs = 0;
    beforeEach(() => {
      elapsedMs = 0;
      vi.spyOn(performance, "now").mockImplementation(() => elapsedMs);
      return () => vi.restoreAllMocks();
    });

    /** Freezes the process right after a call of the store has taken effect. */
    function freezeAfter(method: "insertIfNew" | "lease"): void {
      const call = scene.store[method] as (...args: unknown[]) => Promise<never>;
      vi.spyOn(scene.store, method).mockImplementationOnce(async (...args: unknown[]) => {
        const result = await call(...args);
        elapsedMs += 60_000;
        return result;
      });
    }

    test("while it stored the pay: it is cancelled, as status may have said that there is none", async () => {
      freezeAfter("insertIfNew");
      const provider = providerWith({ sell });
      await expect(async () => provider.pay(ask, shop)).rejects.toThrow(ProblemError);
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
      expect(sell).not.toHaveBeenCalled();
    });

    test("while it took the lease: whoever takes the pay over sells it", async () => {
      freezeAfter("lease");
      const provider = providerWith({ sell });
      await expect(async () => provider.pay(ask, shop)).rejects.toThrow(ProblemError);
      expect(sell).not.toHaveBeenCalled();
      scene.nowMs += 60_000;
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "OK" });
      expect(sell).toHaveBeenCalledOnce();
    });
  });

  test("a sale that begins after status has cancelled the pay never begins", async () => {
    // The money may have been refunded: recover() looked, the payer took the lease, and recover() refused.
    const provider = providerWith({ sell });
    const { settle } = scene.store;
    findProduct.mockImplementation(() => {
      scene.nowMs += 60_000;
      return card();
    });
    let recovering: Promise<unknown> | undefined;
    vi.spyOn(scene.store, "lease").mockImplementationOnce(async () => {
      recovering = provider.recover();
      await recovering;
      return undefined;
    });
    const settled = vi.spyOn(scene.store, "settle").mockImplementation(settle);
    await expect(async () => provider.pay(ask, shop)).rejects.toThrow(ProblemError);
    expect(await Promise.all(settled.mock.results.map(({ value }) => value))).toEqual([true, false]);
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
    expect(sell).not.toHaveBeenCalled();
  });

  test("a sale elsewhere that throws stays undecided", async () => {
    sell.mockRejectedValueOnce(new Error("supplier"));
    const provider = providerWith({ sell });
    await expect(async () => provider.pay(ask, shop)).rejects.toThrow("supplier");
    await expect(async () => provider.status({ txn_id: "A-17" }, shop)).rejects.toThrow(ProblemError);
    scene.nowMs += 60_000;
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "OK" });
  });

  test("a sale within the database that throws is cancelled", async () => {
    sellWithin.mockRejectedValueOnce(new Error("database"));
    const provider = providerWith({ sellWithin });
    await expect(async () => provider.pay(ask, shop)).rejects.toThrow("database");
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
  });
});
