import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Codec, codec } from "./codec.ts";
import { readAnswer } from "./read-answer.ts";
import * as s from "./schema.ts";
import { reveal } from "./secret.ts";

const ticket = s.named(() =>
  s.object({
    seat: s.echo(s.int64()),
    name: s.decidesNothing(s.string({ minLength: 1 })),
    price: s.decidesNothing(s.optional(s.number({ exclusiveMinimum: 0 }))),
    code: s.optional(s.secret(s.nullable(s.string()))),
    more: s.optional(s.secret(s.freeForm)),
    others: s.optional(s.array(ticket)),
  }),
);
const booked = s.named(() =>
  s.object({ status: s.literals("OK"), number: s.string({ minLength: 1 }), ticket: s.optional(ticket) }),
);
const refused = s.named(() =>
  s.object({
    status: s.literals("FULL", "CLOSED"),
    note: s.decidesNothing(s.optional(s.string())),
    count: s.optional(s.int64({ minimum: 1n })),
    rows: s.decidesNothing(
      s.optional(s.object({ best: s.decidesNothing(s.string()) }, s.object({ free: s.decidesNothing(s.boolean) }))),
    ),
  }),
);
const answer: Codec<unknown> = codec(() => s.union("status", [booked, "OK"], [refused, "FULL", "CLOSED"]));

const readOk = (text: string) => {
  const read = readAnswer(answer, text);
  if (!read.ok) throw new Error(`${read.issue.pointer} ${read.issue.reason}`);
  return { ...read, deviations: read.drift.deviations.map(({ pointer, actual }) => `${pointer}: ${actual}`) };
};
const issueOf = (text: string) => {
  const read = readAnswer(answer, text);
  return read.ok ? undefined : `${read.issue.pointer} ${read.issue.reason}`;
};
const sale = (members: string) => `{"status":"OK","number":"W1","ticket":{"seat":1,${members}}}`;

describe("readAnswer()", () => {
  test("reads an exact answer as decode() does, and lists nothing", () => {
    const text = sale('"name":"A","price":1.5,"code":"K","others":[{"seat":2,"name":"B"}]');
    const [read, decoded] = [readOk(text), answer.decode(text)];
    expect(read.deviations).toEqual([]);
    expect(decoded.ok && bare(decoded.value)).toEqual(bare(read.value));
  });

  test("excuses each member that decides nothing, for itself", () => {
    const { value, deviations, drift } = readOk(sale('"name":{"a":[1]},"price":"x","code":"K","more":[]'));
    expect(bare(value)).toEqual({ status: "OK", number: "W1", ticket: { seat: 1n, code: "K" } });
    expect(deviations).toEqual(["/ticket/name: an object", "/ticket/price: a text", "/ticket/more: an empty array"]);
    expect(drift).toMatchObject({ isEchoUnread: false, isSecretUnread: false, isContradictory: false });
  });

  test.each([
    ["a missing member that decides nothing", sale('"code":"K"'), ["/ticket/name: missing"]],
    ["null for it", sale('"name":null'), ["/ticket/name: null"]],
    ["an empty text where one must not be empty", sale('"name":""'), ["/ticket/name: an empty text"]],
    ["zero where it must be positive", sale('"name":"A","price":0'), ["/ticket/price: zero"]],
    ["null for an object with a secret", '{"status":"OK","number":"W1","ticket":null}', ["/ticket: null"]],
    ["[] for an object with a secret", '{"status":"OK","number":"W1","ticket":[]}', ["/ticket: an empty array"]],
    ["zero for an optional integer that decides", '{"status":"FULL","count":0}', ["/count: zero"]],
    ["null for the echo", '{"status":"OK","number":"W1","ticket":{"seat":null,"name":"A"}}', ["/ticket/seat: null"]],
  ])("takes %s for absent, and loses no secret", (_, text, expected) => {
    const { deviations, drift } = readOk(text);
    expect(deviations).toEqual(expected);
    expect(drift).toMatchObject({ isEchoUnread: false, isSecretUnread: false, isSecretDoubtful: false });
  });

  test("reads an exact literal of the other type, never through a double", () => {
    const text =
      '{"status":"OK","number":12345678901234567890,"ticket":{"seat":"9007199254740993","name":17,"price":"1.50"}}';
    const { value, deviations } = readOk(text);
    expect(value).toEqual({
      status: "OK",
      number: "12345678901234567890",
      ticket: { seat: 9_007_199_254_740_993n, name: "17", price: 1.5 },
    });
    expect(deviations).toEqual([
      "/number: a number",
      "/ticket/seat: a text",
      "/ticket/name: a number",
      "/ticket/price: a text",
    ]);
  });

  test.each(["0", "-1", "1.0", "1e3", "1.2e+19", "true"])("takes %s for no text", (literal) => {
    expect(issueOf(`{"status":"OK","number":${literal}}`)).toBe("/number must be a string");
  });

  test.each(["01", "1.0", " 1", "1e3", "+1", "", "٣", "9223372036854775808", "--1", "-"])(
    "takes %j in quotes for no int64",
    (digits) => {
      const { drift } = readOk(`{"status":"OK","number":"W1","ticket":{"seat":${JSON.stringify(digits)},"name":"A"}}`);
      expect(drift.isEchoUnread).toBe(true);
    },
  );

  test.each(["50.000", "1.", ".5", "05", "1e3", "-1", "0", "0.001", "9007199254740993", "NaN"])(
    "takes %j in quotes for no price",
    (price) => {
      const { value, deviations } = readOk(sale(`"name":"A","price":${JSON.stringify(price)}`));
      expect([value, deviations]).toMatchObject([{ ticket: { price: undefined } }, ["/ticket/price: a text"]]);
    },
  );

  test("refuses a number that a double does not give back, and keeps its shortest spellings", () => {
    const priceOf = (literal: string) =>
      (readOk(sale(`"name":"A","price":${literal}`)).value as { ticket: { price?: number } }).ticket.price;
    for (const literal of ["9007199254740993", "0.1000000000000000055", "1e400", "123456789012345678", "1e-400"]) {
      expect(priceOf(literal)).toBeUndefined();
    }
    for (const literal of ["9007199254740992", "0.30000000000000004", "50000.000000000000000", "1e21", "5E-7", "100"]) {
      expect(priceOf(literal)).toBe(Number(literal));
    }
  });

  test("a secret that cannot be read is unread, and one that came as a number is doubtful", () => {
    expect(readOk(sale('"name":"A","code":{"pin":1}'))).toMatchObject({
      deviations: ["/ticket/code: an object"],
      drift: { isSecretUnread: true, isSecretDoubtful: false },
    });
    const { value, drift } = readOk(sale('"name":"A","code":12345678901234567890'));
    expect(drift.isSecretDoubtful).toBe(true);
    expect(inspect(value, { depth: 9 })).not.toContain("12345678901234567890");
    expect(reveal((value as { ticket: { code: string } }).ticket.code)).toBe("12345678901234567890");
    expect(readOk('{"status":"OK","number":"W1","ticket":["PIN"]}').drift.isSecretUnread).toBe(true);
    expect(readOk(sale('"name":"A","code":null')).drift.isSecretUnread).toBe(false);
  });

  test.each([
    ["a tag in other letters", '{"status":"ok","number":"W1"}', "/status must be"],
    ["a tag that is missing", '{"number":"W1"}', "/status must be"],
    ["a repeated name", '{"status":"OK","number":"W1","number":"W1"}', "/number must not be repeated"],
    ["a repeated name of an excused member", sale('"name":[],"name":[]'), "/ticket/name must not be repeated"],
    ["a repeated name inside an excused member", sale('"name":{"a":1,"a":2}'), "/ticket/name/a must not be repeated"],
    ["text after its end", `${sale('"name":"A"')}.`, " must be well-formed"],
    ["a notice before it", `Notice: ${sale('"name":"A"')}`, " must be well-formed"],
    ["what decides and is null", '{"status":"OK","number":null}', "/number must be a string"],
    ["what decides and is empty", '{"status":"OK","number":""}', "/number must not be empty"],
    [
      "an optional member that decides and cannot be read",
      '{"status":"FULL","count":[1]}',
      "/count must be an integer",
    ],
    ["what nests too deep", sale(`"name":${"[".repeat(101)}${"]".repeat(101)}`), " must nest at most 100"],
  ])("does not excuse %s", (_, text, expected) => {
    expect(issueOf(text)?.startsWith(expected)).toBe(true);
  });

  test("a refusal with a readable secret of the sale contradicts itself", () => {
    const contradicts = (ticket: string) => readOk(`{"status":"FULL","ticket":${ticket}}`).drift.isContradictory;
    expect([contradicts('{"code":"K"}'), contradicts('{"code":5}')]).toEqual([true, true]);
    expect(contradicts('[{"code":"K"}]')).toBe(true);
    expect(readOk('{"status":"FULL","code":"K"}').drift.isContradictory).toBe(true);
    for (const ticket of [
      "null",
      "[]",
      '{"code":null}',
      '{"code":""}',
      '{"code":0}',
      '{"code":1.5}',
      '{"more":{"a":1}}',
      '"K"',
    ]) {
      expect(contradicts(ticket)).toBe(false);
    }
  });

  test("what is excused inside of many values leaves the depth as it was", () => {
    const rows = Array.from({ length: 300 }, (_, row) => `"r${row}":{"free":[[[[1]]]]}`).join(",");
    expect(readOk(`{"status":"FULL","rows":{${rows}},"note":"a"}`).deviations).toHaveLength(100);
    const others = Array.from({ length: 300 }, () => '{"seat":2,"name":"B","others":[{"name":"C"},7]}').join(",");
    expect(readOk(sale(`"name":"A","others":[${others}]`)).drift.isSecretUnread).toBe(true);
  });

  test("what the first variant excused does not count for another", () => {
    const { value, deviations, drift } = readOk('{"number":5,"ticket":["K"],"status":"FULL"}');
    expect([value, deviations]).toMatchObject([{ status: "FULL" }, []]);
    expect(drift).toMatchObject({ isEchoUnread: false, isSecretUnread: false, isSecretDoubtful: false });
  });

  test("pointers name only what the contract names", () => {
    const rows = '{"SECRET":{"free":"SECRET"},"best":5,"OTHER":{"free":null}}';
    const { deviations } = readOk(`{"status":"FULL","rows":${rows},"note":["SECRET"]}`);
    expect(deviations).toEqual([
      "/rows/*/free: a text",
      "/rows/best: a number",
      "/rows/*/free: null",
      "/note: an array",
    ]);
    const nested = readOk(sale('"name":"A","others":[{"seat":2,"name":5},{"seat":3}]')).deviations;
    expect(nested).toEqual(["/ticket/others/*/name: a number", "/ticket/others/*/name: missing"]);
  });

  test.each(["1e-400", "0.001"])("takes %s for no zero", (literal) => {
    expect(readOk(sale(`"name":"A","price":${literal}`)).deviations).toEqual(
      literal === "0.001" ? [] : ["/ticket/price: a number"],
    );
  });

  test("takes time with the length of a text, and lists at most 100 deviations", () => {
    const startedAt = performance.now();
    for (const price of [`1.${"0".repeat(1_000_000)}1`, `1${"0".repeat(1_000_000)}`, `1e${"9".repeat(1_000_000)}`]) {
      expect(readOk(sale(`"name":"A","price":${price}`)).deviations).toEqual(["/ticket/price: a number"]);
    }
    const others = Array.from({ length: 20_000 }, () => '{"seat":2,"name":5}').join(",");
    expect(readOk(sale(`"name":"A","others":[${others}]`)).deviations).toHaveLength(100);
    // Far from what a machine under load takes; the square of a million is hours.
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  }, 60_000);

  test("never throws, and never understands what is not JSON", () => {
    const exact = sale('"name":"A","price":1.5,"code":"K","more":{"a":[1,null]}');
    const piece = fc.constantFrom(...'{}[]",:0123456789.eE-+ntf\\u\u0000 ', "null", '"a"', "[]");
    fc.assert(
      fc.property(fc.nat(exact.length), fc.nat(6), fc.array(piece, { maxLength: 3 }), (at, length, pieces) => {
        const text = exact.slice(0, at) + pieces.join("") + exact.slice(at + length);
        const read = readAnswer(answer, text);
        if (read.ok) expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);
});

/** A value with its secrets in the clear. */
function bare(value: unknown): unknown {
  const shown = reveal(value);
  if (Array.isArray(shown)) return shown.map(bare);
  if (typeof shown !== "object" || shown === null) return shown;
  return Object.fromEntries(Object.entries(shown).map(([name, member]) => [name, bare(member)]));
}
