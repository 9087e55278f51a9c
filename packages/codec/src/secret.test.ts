import { inspect } from "node:util";
import { expect, test } from "vitest";
import { conceal, reveal } from "./secret.ts";

const key = "FJQR-RGPM-BXLD";
const secret = conceal(key);

test("a secret prints as [secret], and only reveal() returns its value", () => {
  const error = new Error(`no ${secret}`, { cause: secret });
  const shown = [
    String(secret),
    `${secret}`,
    secret + "",
    [secret].join(),
    JSON.stringify({ secret }),
    JSON.stringify(secret),
    inspect(secret),
    inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    inspect(error),
    String(Object.entries(secret)),
    JSON.stringify(structuredClone({ secret })),
    JSON.stringify({ ...secret }),
  ];
  for (const text of shown) expect(text).not.toContain("FJQR");
  expect(shown.slice(0, 8).every((text) => text.includes("[secret]"))).toBe(true);
  expect(secret.reveal()).toBe(key);
});

test("reveal() returns the value of a secret, and any other value as it is", () => {
  expect([reveal(secret), reveal(key), reveal(null)]).toEqual([key, key, null]);
});
