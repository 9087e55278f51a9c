import { expect, test, vi } from "vitest";
import { ProblemError } from "../problem-error.ts";
import type { Listing, Sale } from "./sell-once-options.ts";
import { ask, describeProviders, findProduct, shop } from "./sell-once.fixture.ts";

describeProviders((_, way, providerOf) => {
  test("status is 503 while a pay is undecided, and never TXN_NOT_FOUND (B4)", async () => {
    const { promise, resolve } = Promise.withResolvers<Sale>();
    way.mockReturnValue(promise);
    const provider = providerOf();
    const paying = provider.pay(ask, shop);
    await vi.waitFor(() => expect(way).toHaveBeenCalled());
    await expect(async () => provider.status({ txn_id: "A-17" }, shop)).rejects.toThrow(ProblemError);
    resolve({});
    expect(await paying).toMatchObject({ status: "OK" });
  });

  test("status is 503 while a product is looked up, and TXN_CANCELED when that fails (B4)", async () => {
    const { promise, reject } = Promise.withResolvers<Listing>();
    findProduct.mockImplementation(() => promise);
    const provider = providerOf();
    const paying = Promise.resolve(provider.pay(ask, shop));
    await vi.waitFor(() => expect(findProduct).toHaveBeenCalled());
    await expect(async () => provider.status({ txn_id: "A-17" }, shop)).rejects.toThrow(ProblemError);
    reject(new Error("catalogue"));
    await expect(paying).rejects.toThrow("catalogue");
    expect(await provider.status({ txn_id: "A-17" }, shop)).toMatchObject({ status: "TXN_CANCELED" });
  });

  test.each(["A\0B", "\ud800"])("pay and status refuse %j, a txn_id that a database would change", async (txn_id) => {
    const provider = providerOf();
    await expect(async () => provider.pay({ ...ask, txn_id }, shop)).rejects.toMatchObject({ httpStatus: 400 });
    await expect(async () => provider.status({ txn_id }, shop)).rejects.toMatchObject({ httpStatus: 400 });
  });
});
