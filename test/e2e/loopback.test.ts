import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { bearer as bearerToken, type Client, createClient, hmac as sign } from "@codegames/client";
import { type Codec, operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";
import { bearer, createHandler, hmac, type Provider, toNodeListener } from "@codegames/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const token = "only-for-this-test";

/** The next answer of the provider; an `Error` is thrown. */
let next: unknown;
/** The last request that reached the provider. */
let received: { request: unknown; merchant: string } | undefined;

const answer = (request: unknown, { merchant }: { merchant: string }) => {
  received = { request, merchant };
  if (next instanceof Error) throw next;
  return next as never;
};
const provider: Provider = { check: answer, pay: answer, status: answer };

let server: Server;
let client: Client;

beforeAll(async () => {
  server = createServer(toNodeListener(createHandler(provider, { auth: bearer({ [token]: "wallet" }) })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = createClient({ baseUrl: baseUrl(), auth: bearerToken(token) });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const answers = Object.entries(examples).flatMap(([operation, { request, responses }]) =>
  Object.entries(responses[200]).map(([example, body]) => ({
    operation: operation as keyof Client,
    example,
    request: request.OK,
    body: body as object,
  })),
);

describe("the generated client and a generated provider over loopback", () => {
  test.each(answers)("carry $operation $example from end to end", async ({ operation, example, request, body }) => {
    next = body;
    const outcomes: Record<string, string> = operations[operation].outcomes;
    const result = await client[operation](request as never);
    expect(result).toMatchObject({ outcome: outcomes[example], status: example, httpStatus: 200 });
    const { encode } = operations[operation].response.codec as Codec<unknown>;
    expect("body" in result && encode(result.body)).toEqual(encode(body));
    expect(received).toEqual({ request, merchant: "wallet" });
  });

  test.each([-(2n ** 63n), -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n])(
    "carry the product id %s exactly, there and back",
    async (id) => {
      next = { status: "OK", product: { id, name: "Card", price: 4.35, partner_price: 1005.1 } };
      expect(await client.check({ product_id: id })).toMatchObject({ outcome: "succeeded", body: next });
      expect(received?.request).toEqual({ product_id: id });
    },
  );

  test("leave a pay unknown when the provider throws or breaks the contract, and hide why", async () => {
    for (const wrong of [new Error("FJQR-RGPM-BXLD"), { status: "SOLD", productKey: "FJQR-RGPM-BXLD" }]) {
      next = wrong;
      const result = await client.pay({ product_id: 1n, price: 1, txn_id: "A-17" });
      expect(result).toMatchObject({ outcome: "unknown", reason: "http-status", httpStatus: 500 });
      expect(JSON.stringify(result)).not.toContain("FJQR");
    }
  });

  test("agree on signatures (E1)", async () => {
    const secret = "the secret of this test, 32 bytes";
    const handler = createHandler(provider, {
      auth: hmac({ wallet: { merchant: "shop-1", secret } }),
      basePath: "/api",
    });
    const signing = createServer(toNodeListener(handler));
    await new Promise<void>((resolve) => signing.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(signing.address() as AddressInfo).port}/api`;
    next = { status: "TXN_NOT_FOUND" };
    const ask = (key: string) =>
      createClient({ baseUrl: url, auth: sign({ keyId: "wallet", secret: key }) }).status({ txn_id: "ы-17" });
    expect(await ask(secret)).toMatchObject({ outcome: "absent" });
    expect(received).toMatchObject({ merchant: "shop-1" });
    expect(await ask("another secret of 32 bytes or more")).toMatchObject({
      outcome: "unknown",
      reason: "request-refused",
      httpStatus: 401,
    });
    signing.closeAllConnections();
    signing.close();
  });

  test("keep wrong credentials from the provider", async () => {
    received = undefined;
    const stranger = createClient({ baseUrl: baseUrl(), auth: bearerToken("wrong") });
    expect(await stranger.status({ txn_id: "A-17" })).toMatchObject({ outcome: "unknown", httpStatus: 401 });
    expect(received).toBeUndefined();
  });
});
