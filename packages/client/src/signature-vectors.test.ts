import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hmac } from "./index.ts";

interface Vectors {
  keys: Record<string, { secretText?: string; secretHex: string }>;
  cases: {
    name: string;
    kind: string;
    now: number;
    request: { method: string; url: string; headers: Record<string, string>; body: string };
    signatureBase: string;
  }[];
}
const file = new URL(import.meta.resolve("@codegames/contract/vectors/signatures.json"));
const { keys, cases } = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const signal = new AbortController().signal;

test.each(cases.filter(({ kind }) => kind === "sign"))(
  "hmac() signs like the vector (E1): $name",
  async ({ now, request, signatureBase }) => {
    const { method, url, headers, body } = request;
    const keyId = /keyid="(.*?)"/.exec(signatureBase)?.[1] ?? "";
    const { secretText, secretHex } = keys[keyId]!;
    const secret = Uint8Array.from(Buffer.from(secretHex, "hex"));
    const authenticate = hmac({ keyId, secret: secretText ?? secret, now: () => now * 1000 + 999 });
    const made = Object.entries(await authenticate({ method, url, body, signal })).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]);
    const { "content-type": _, ...expected } = headers;
    expect(Object.fromEntries(made)).toEqual(expected);
    // The client shows no base; the signature is of the one in the vector.
    const signature = createHmac("sha256", secret).update(signatureBase).digest("base64");
    expect(headers["signature"]).toBe(`sig=:${signature}:`);
  },
);
