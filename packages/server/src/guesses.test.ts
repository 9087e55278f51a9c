import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { handlerOf, order, post } from "./handler.fixture.ts";
import { apiKey, type Authenticate, basic, bearer, hmac } from "./index.ts";

const digest = `sha-256=:${createHash("sha256").update(order).digest("base64")}:`;
const signature = (keyId: string) => ({
  "content-digest": digest,
  "signature-input": `s=("@method" "@path" "content-digest");created=1700000000;keyid="${keyId}"`,
  signature: `s=:${Buffer.alloc(32).toString("base64")}:`,
});
const signed = hmac(
  { wallet: { merchant: "shop-1", secret: "a secret of 32 bytes, or of more" } },
  { now: () => 1_700_000_000_000 },
);

test.each<[string, Authenticate, (guess: string) => Record<string, string>, string]>([
  ["token", bearer({ t: "shop-1" }), (guess) => ({ authorization: `Bearer ${guess}` }), "wrong-credentials"],
  ["password", basic({ "a:b": "shop-1" }), (guess) => ({ authorization: `Basic ${btoa(guess)}` }), "wrong-credentials"],
  ["key", apiKey({ k: "shop-1" }), (guess) => ({ "x-api-key": guess }), "wrong-credentials"],
  ["key id", signed, signature, "unknown-key"],
  ["signature", signed, () => signature("wallet"), "wrong-signature"],
])(
  "onRefused is told each of 1,000 guesses of a %s, so that they can be counted",
  async (_, auth, headersOf, reason) => {
    const reasons = new Map<string, number>();
    const handler = handlerOf(
      {},
      { auth, onRefused: (refusal) => void reasons.set(refusal.reason, (reasons.get(refusal.reason) ?? 0) + 1) },
    );
    for (let guess = 0; guess < 1000; guess++) {
      const headers = { "content-type": "application/json", ...headersOf(`a:guess-${guess}`) };
      expect(await handler(post(order, { headers }))).toMatchObject({ status: 401 });
    }
    expect([...reasons]).toEqual([[reason, 1000]]);
  },
);
