import { createContext, runInContext } from "node:vm";
import { rolldown } from "rolldown";
import { beforeAll, expect, test } from "vitest";

/** The globals of the web that the client uses, without `process`, `Buffer` and `require`. */
const globals = {
  AbortController,
  crypto,
  Headers,
  performance,
  ReadableStream,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  btoa,
  clearTimeout,
  setTimeout,
  Uint8Array,
};

let code: string;

beforeAll(async () => {
  const bundle = await rolldown({
    input: new URL("index.ts", import.meta.url).pathname,
    platform: "browser",
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "iife", name: "codegames" });
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  ({ code } = output[0]);
});

test("the client needs web standards only", async () => {
  const sent: RequestInit[] = [];
  const fetch = async (_: string, init: RequestInit) => {
    sent.push(init);
    return new Response('{"status":"WRONG_PRICE"}');
  };
  const context = createContext({ ...globals, fetch });
  runInContext(code, context);
  const outcome = await runInContext(
    `const { createClient, hmac, newTxnId } = codegames;
     const auth = hmac({ keyId: "wallet", secret: "a secret of 16 bytes or more" });
     createClient({ baseUrl: "https://hub.example", auth, mayRepeatRequests: false })
       .pay({ product_id: 1n, price: 1, txn_id: newTxnId() })
       .then((result) => result.outcome + " " + result.detail)`,
    context,
  );
  expect(outcome).toBe("rejected undefined");
  // Outside of Node the body is a text: browsers cannot send a stream over HTTP/1.1.
  expect(sent[0]?.body).toMatch(/^\{"product_id":1,"price":1,"txn_id":"[-0-9a-f]{36}"\}$/);
});
