import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AuthRefusal, hmac, type HmacOptions } from "./index.ts";

interface Vector {
  name: string;
  kind: "sign" | "accept" | "refuse";
  now: number;
  options?: HmacOptions;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  expected: { merchant?: string; refused?: string };
}
interface Vectors {
  keys: Record<string, { merchant: string; secretText?: string; secretHex: string }>;
  cases: Vector[];
}
const file = new URL(import.meta.resolve("@codegames/contract/vectors/signatures.json"));
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

describe("RW20 hmac() and the vectors of signatures (E1)", () => {
  test.each(vectors.cases.filter(({ kind }) => kind !== "refuse"))("accepts: $name", (vector) => {
    expect(verify(vector)).toEqual({ merchant: vector.expected.merchant, refusals: [] });
  });

  test.each(vectors.cases.filter(({ kind }) => kind === "refuse"))(
    "refuses with $expected.refused: $name",
    (vector) => {
      const { merchant, refusals } = verify(vector);
      expect(merchant).toBeUndefined();
      expect(refusals).toEqual([{ reason: vector.expected.refused, detail: expect.stringMatching(/^[ -~]{10,250}$/) }]);
      const secrets = Object.values(vectors.keys).map(({ secretText, secretHex }) => secretText ?? secretHex);
      for (const secret of [...secrets, vector.request.body]) {
        if (secret !== "") expect(refusals[0]?.detail).not.toContain(secret);
      }
    },
  );
});
