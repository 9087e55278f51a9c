import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AuthRefusal, hmac, type HmacOptions } from "./index.ts";

interface Vector {
  name: string;
  now: number;
  options?: HmacOptions;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  merchant?: string;
  refused?: string;
}
interface Vectors {
  keys: Record<string, { merchant: string; secretText?: string; secretHex: string }>;
  sign: Vector[];
  accept: Vector[];
  refuse: Vector[];
}
const file = new URL("../../contract/vectors/signatures.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

const keys = Object.fromEntries(
  Object.entries(vectors.keys).map(([keyId, { merchant, secretText, secretHex }]) => [
    keyId,
    { merchant, secret: secretText ?? Buffer.from(secretHex, "hex") },
  ]),
);

/** Verifies a vector as a server behind node:http does: by path and query, and never by the host of the URL. */
function verify({ now, options, request: { method, url, headers, body } }: Vector) {
  const { pathname, search } = new URL(url);
  const refusals: AuthRefusal[] = [];
  const authenticate = hmac(keys, { ...options, now: () => now * 1000 });
  const request = { method, path: pathname + search, headers, body: Buffer.from(body) };
  const merchant = authenticate(request, (refusal) => refusals.push(refusal));
  return { merchant, refusals };
}

describe("hmac() and the vectors of signatures (E1)", () => {
  test.each([...vectors.sign, ...vectors.accept])("accepts: $name", (vector) => {
    expect(verify(vector)).toEqual({ merchant: vector.merchant, refusals: [] });
  });

  test.each(vectors.refuse)("refuses with $refused: $name", (vector) => {
    const { merchant, refusals } = verify(vector);
    expect(merchant).toBeUndefined();
    expect(refusals).toEqual([{ reason: vector.refused, detail: expect.stringMatching(/^[ -~]{10,250}$/) }]);
    const secrets = Object.values(vectors.keys).map(({ secretText, secretHex }) => secretText ?? secretHex);
    for (const secret of [...secrets, vector.request.body]) {
      if (secret !== "") expect(refusals[0]?.detail).not.toContain(secret);
    }
  });
});
