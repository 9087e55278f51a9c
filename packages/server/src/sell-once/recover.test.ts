import { describe, expect, test, vi } from "vitest";
import { ProblemError } from "../problem-error.ts";
import type { Sale } from "./sell-once-options.ts";
import { ask, describeStores, findProduct, providerWith, scene, sell, sellWithin, shop } from "./sell-once.fixture.ts";

/** Leaves a pay as a process that crashed would: stored, and never answered. */
async function abandon(state: "pending" | "selling" = "selling", txn_id = "A-17"): Promise<void> {
  const never = () => new Promise<never>(() => {});
  const provider = providerWith({ findProduct: state === "selling" ? findProduct : never, sell: never });
  void provider.pay({ ...ask, txn_id }, shop);
  await vi.waitFor(async () => expect(await scene.store.find({ ...shop, txn_id })).toMatchObject({ state }));
}

describeStores(() => {
  describe("after a crash between the insert and the answer (B13)", () => {
    test("a sale elsewhere is repeated under the same id, by status or at start", async () => {
      await abandon();
      const provider = providerWith({ sell });
      await expect(async () => provider.status({ txn_id: "A-17" }, shop)).rejects.toThrow(ProblemError);
      expect(sell).not.toHaveBeenCalled();
      scene.nowMs += 60_000;
      const status = await provider.status({ txn_id: "A-17" }, shop);
      expect(status).toMatchObject({ status: "OK" });
      const partner_txn_id = status.status === "OK" && status.partner_txn_id;
      expect(sell).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ partner_txn_id }));
      expect(await provider.recover()).toEqual({ decided: 0, errors: [] });
    });

    test("a sale elsewhere that had not begun is cancelled", async () => {
      await abandon("pending");
      scene.nowMs += 60_000;
      expect(await providerWith({ sell }).status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
      expect(sell).not.toHaveBeenCalled();
    });

    test("of many status calls one repeats the sale, and the others are 503", async () => {
      await abandon();
      scene.nowMs += 60_000;
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sell.mockReturnValue(promise);
      const provider = providerWith({ sell });
      const statuses = Array.from({ length: 5 }, async () => provider.status({ txn_id: "A-17" }, shop));
      const asked = Promise.allSettled(statuses);
      let refused = 0;
      for (const status of statuses) status.catch(() => refused++);
      // One that asks only after the sale would get its answer.
      await vi.waitFor(() => expect(refused).toBe(4));
      resolve({});
      expect((await asked).filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(sell).toHaveBeenCalledOnce();
    });

    test("recover() decides the other pays when one fails, and leaves those whose lease runs", async () => {
      await abandon("selling", "A-1");
      await abandon("selling", "A-2");
      scene.nowMs += 60_000;
      await abandon("selling", "A-3");
      sell.mockRejectedValueOnce(new Error("supplier"));
      expect(await providerWith({ sell }).recover()).toEqual({ decided: 1, errors: [new Error("supplier")] });
      expect(sell.mock.calls.map(([{ txn_id }]) => txn_id).sort()).toEqual(["A-1", "A-2"]);
    });

    test("two calls of recover() do not overlap: the second gets the result of the first", async () => {
      await abandon();
      scene.nowMs += 60_000;
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sell.mockReturnValue(promise);
      const provider = providerWith({ sell });
      const both = [provider.recover(), provider.recover()];
      await vi.waitFor(() => expect(sell).toHaveBeenCalled());
      both.push(provider.recover());
      scene.nowMs += 60_000;
      resolve({});
      expect(await Promise.all(both)).toEqual(Array(3).fill({ decided: 1, errors: [] }));
      expect(sell).toHaveBeenCalledOnce();
      expect(await provider.recover()).toEqual({ decided: 0, errors: [] });
    });

    test("stopping ends after the pay under way, and leaves the others for later", async () => {
      await abandon("selling", "A-1");
      await abandon("selling", "A-2");
      scene.nowMs += 60_000;
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sell.mockReturnValue(promise);
      const provider = providerWith({ sell });
      const stopping = provider.recoverEvery(60_000);
      await vi.waitFor(() => expect(sell).toHaveBeenCalledOnce());
      const stopped = stopping();
      resolve({});
      await stopped;
      expect(sell).toHaveBeenCalledOnce();
      expect(await provider.recover()).toEqual({ decided: 1, errors: [] });
    });

    test("a sale that does not end keeps nobody else's, and is told", async () => {
      await abandon("selling", "A-1");
      await abandon("selling", "A-2");
      scene.nowMs += 60_000;
      sell.mockReturnValueOnce(new Promise(() => {}));
      const { decided, errors } = await providerWith({ sell, leaseMs: 100 }).recover();
      expect([decided, errors.map(({ message }) => message)]).toEqual([
        1,
        ["Cannot recover: a sale took longer than 100 ms"],
      ]);
    });

    test("a sale that meets the refusal of another call is an error, and never that refusal", async () => {
      const { promise, resolve } = Promise.withResolvers<Sale>();
      sell.mockReturnValueOnce(promise);
      const provider = providerWith({ sell });
      const paying = Promise.resolve(provider.pay(ask, shop));
      await vi.waitFor(() => expect(sell).toHaveBeenCalled());
      scene.nowMs += 60_000;
      sell.mockResolvedValueOnce("out-of-stock");
      expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
      resolve({ productKey: "KEY" });
      await expect(paying).rejects.toThrow(/it was sold as .*, and another call refused it/);
    });

    test("a sale within the database was rolled back: it is cancelled", async () => {
      await abandon("pending");
      const provider = providerWith({ sellWithin });
      scene.nowMs += 60_001;
      expect(await provider.recover()).toEqual({ decided: 1, errors: [] });
      const status = await provider.status({ txn_id: "A-17" }, shop);
      expect(status).toEqual({ status: "TXN_CANCELED", comment: "TXN_CANCELED" });
      expect(await provider.pay(ask, shop)).toMatchObject({ status: "TXN_DUPLICATE" });
      expect(sellWithin).not.toHaveBeenCalled();
    });
  });
});
