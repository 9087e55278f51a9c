import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Codec, codec } from "./codec.ts";
import { describeIssue } from "./fault.ts";
import { readRequest } from "./read-request.ts";
import { Reader } from "./reader.ts";
import * as s from "./schema.ts";

const order = codec(() =>
  s.object({
    product_id: s.int64(),
    price: s.number({ exclusiveMinimum: 0 }),
    txn_id: s.string({ minLength: 1 }),
    lines: s.optional(s.array(s.object({ count: s.integer(), pin: s.secret(s.string()) }), { maxItems: 3 })),
  }),
);

/** The faults as lines: pointer and description. */
function faultsOf(text: string, of: Codec<unknown> = order as Codec<unknown>): string[] {
  const request = readRequest(of, text);
  return request.ok ? [] : request.issues.map((issue) => `${issue.pointer} ${describeIssue(issue)}`);
}

const range = `from ${-(2n ** 63n)} to ${2n ** 63n - 1n}`;

describe("readRequest() lists every fault", () => {
  test("of the members, and those that are missing", () => {
    expect(faultsOf('{"price":"50000","txn_id":5}')).toEqual([
      '/price must be a finite number, is "50000"',
      "/txn_id must be a string, is 5",
      `/product_id must be an integer ${range}, is missing`,
    ]);
  });

  test("at any depth, of an item and of the list itself, and shows no secret", () => {
    const lines = '[{"count":1.5,"pin":98765432},7,{"pin":{"a":"S3CRET"}},{"count":[[]],"pin":"x"}]';
    expect(faultsOf(`{"product_id":1,"price":0,"txn_id":"","lines":${lines}}`)).toEqual([
      "/price must be greater than 0, is 0",
      '/txn_id must not be empty, is ""',
      "/lines/0/count must be an integer, is 1.5",
      "/lines/0/pin must be a string, is a number",
      "/lines/1 must be an object, is a number",
      "/lines/2/pin must be a string, is an object",
      "/lines/2/count must be an integer, is missing",
      "/lines/3/count must be an integer, is an array",
      "/lines must have at most 3 items, is an array",
    ]);
  });

  test.each([
    ['{"price":"1","txn_id":5', ["must be well-formed JSON"]],
    ['{"price":"1","txn_id":5} x', ["must be well-formed JSON"]],
    ['{"price":"1","txn_id":5,"price":2,"product_id":""}', ["/price must not be repeated in its object"]],
    [`{"price":"1","txn_id":5,"x":${"[".repeat(100)}${"]".repeat(100)}}`, ["must nest at most 100 levels deep"]],
  ])("before the place where the text ends for good, and that one first: %s", (text, [ending]) => {
    const [first, ...others] = faultsOf(text);
    expect(first?.trim()).toBe(ending);
    expect(others.slice(0, 2)).toEqual(['/price must be a finite number, is "1"', "/txn_id must be a string, is 5"]);
    expect(others.some((other) => other.startsWith("/product_id"))).toBe(text.endsWith(" x"));
  });

  test("up to the twentieth", () => {
    const numbers = codec(() => s.array(s.number()));
    expect(faultsOf(`[${Array(19).fill("null").join()}]`, numbers)).toHaveLength(19);
    expect(faultsOf(`[${Array(30_000).fill("null").join()}]`, numbers)).toHaveLength(20);
  });

  test("of the variant that the tag names, and of a tag that names none", () => {
    const union = s.union(
      "kind",
      [s.object({ kind: s.literals("a"), one: s.string() }), "a"],
      [s.object({ kind: s.literals("b"), two: s.string(), three: s.string() }, false), "b"],
    );
    const either = codec(() => s.object({ first: s.either(s.string(), union), second: s.array(s.named(() => union)) }));
    const second = '[{"kind":"c"},{"two":1,"kind":"b","four":1},{}]';
    expect(faultsOf(`{"first":{"kind":"a"},"second":${second}}`, either)).toEqual([
      "/first/one must be a string, is missing",
      '/second/0/kind must be "a" or "b", is "c"',
      "/second/1/two must be a string, is 1",
      "/second/1/four is not allowed here",
      "/second/1/three must be a string, is missing",
      '/second/2/kind must be "a" or "b", is missing',
    ]);
  });

  test("and repeats no long name of the text in each of them", () => {
    const named = codec(() => s.object({}, s.array(s.number())));
    expect(faultsOf(`{"${"x".repeat(2000)}":["a","b"]}`, named)).toHaveLength(1);
  });
});

/** A schema, and a text that mostly fits it. */
const { pair } = fc.letrec<{ pair: readonly [s.Schema, string]; leaf: readonly [s.Schema, string] }>((tie) => ({
  leaf: fc
    .tuple(
      fc.constantFrom<readonly [s.Schema, string]>(
        [s.string({ minLength: 2 }), '"text"'],
        [s.number({ minimum: 1 }), "1.50"],
        [s.int64(), "9007199254740993"],
        [s.literals("x", "y"), '"x"'],
        [s.secret(s.string()), '"S3CRET"'],
        [s.any, '{"a":[1]}'],
        [s.nullable(s.boolean), "null"],
      ),
      fc.constantFrom(
        undefined,
        undefined,
        undefined,
        "1",
        '""',
        "null",
        "[[]]",
        '{"a":{}}',
        "{",
        '{"a":1,"a":2}',
        "01",
      ),
    )
    .map(([[schema, fitting], other]) => [schema, other ?? fitting] as const),
  pair: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc
      .tuple(fc.array(tie("pair"), { maxLength: 4 }), fc.subarray(["a", "b", "c", "d"]), fc.boolean(), fc.boolean())
      .map(([pairs, dropped, isOptional, isClosed]) => {
        const named = pairs.map(([schema, text], at) => ({ name: "abcd"[at]!, schema, text }));
        const properties = named.map(({ name, schema }) => [name, isOptional ? s.optional(schema) : schema]);
        const members = named
          .filter(({ name }) => !dropped.includes(name))
          .map(({ name, text }) => `"${name}":${text}`);
        const more = isClosed ? [] : ['"more":[1]'];
        return [
          s.object(Object.fromEntries(properties), isClosed ? false : undefined),
          `{${[...more, ...members]}}`,
        ] as const;
      }),
    fc
      .tuple(tie("pair"), fc.array(fc.constantFrom("1", '"x"', "null", "{}"), { maxLength: 3 }))
      .map(([[schema, text], others]) => [s.array(schema, { maxItems: 2 }), `[${[text, ...others]}]`] as const),
  ),
}));

test("readRequest() agrees with decode() about any text: the value, and the first fault", () => {
  let [refused, several] = [0, 0];
  fc.assert(
    fc.property(pair, ([schema, text]) => {
      const typed = codec<unknown>(() => schema);
      const [decoded, request] = [typed.decode(text), readRequest(typed, text)];
      if (request.ok) return void expect(decoded).toEqual({ ok: true, value: request.value });
      refused++;
      if (request.issues.length > 1) several++;
      expect({ ok: false, issue: request.issues[0] }).toEqual(decoded);
      expect(JSON.stringify(request.issues)).not.toContain("S3CRET");
      const places = request.issues.map(({ pointer, reason }) => `${pointer} ${reason}`);
      expect(new Set(places).size).toBe(places.length);
    }),
    { numRuns: 20_000 },
  );
  expect(refused).toBeGreaterThan(5000);
  expect(several).toBeGreaterThan(1000);
});

test("readRequest() looks at a hostile text a number of times that grows with its length alone", () => {
  const node: s.Schema = s.named(() =>
    s.object({ t: s.optional(s.string()), n: s.optional(s.array(node, { maxItems: 1 })) }),
  );
  const tree = codec(() => node);
  const deep = (levels: number, inner: string): string =>
    levels === 0 ? inner : `{"t":1,"n":[${deep(levels - 1, inner)}]}`;
  const texts = {
    "a thousand names": (size: number) => `{${Array.from({ length: size / 10 }, (_, at) => `"k${at}":[]`)},"t":1}`,
    "faults at every level": (size: number) => deep(40, `{"x":"${"y".repeat(size)}","t":1}`),
    "a list that is too long": (size: number) => `{"n":[${Array(size / 5).fill("{}")}]}`,
    "no end": (size: number) => `{"n":[{"t":1},${'{"x":'.repeat(size / 5)}`,
  };
  const looksAt = (text: string) => {
    using peek = vi.spyOn(Reader.prototype, "peek");
    expect(readRequest(tree, text).ok).toBe(false);
    return peek.mock.calls.length;
  };
  for (const [name, make] of Object.entries(texts)) {
    expect(looksAt(make(40_000)) / looksAt(make(5_000)), name).toBeLessThan(9);
  }
});

/** The decimal that a literal denotes, as an integer of 10 ** -400. */
function decimalOf(literal: string): bigint {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  return BigInt(sign + whole + fraction + "0".repeat(400 - fraction.length + Number(exponent)));
}

describe("readRequest() tells which numbers are not what their literals say", () => {
  const inexactOf = (text: string) => {
    const request = readRequest(order, text);
    return request.ok ? request.inexact : request;
  };

  test.each(["50000", "50000.00", "5e4", "0.1", "1234567890.12345", "5e-324"])("%s is exact", (price) => {
    const text = `{"product_id":9007199254740993,"price":${price},"txn_id":"A-17","other":0.10000000000000000001}`;
    expect(inexactOf(text)).toEqual([]);
    // One list for all: a provider is called for every request.
    expect(inexactOf(text)).toBe(inexactOf(text));
    expect(inexactOf(text)).toSatisfy(Object.isFrozen);
  });

  test.each(["50000.000000000001", "49999.99999999999999", "9007199254740993", "1e-400000", "2e-324"])(
    "%s is not",
    (price) => {
      const text = (value: string) =>
        `{"lines":[{"count":${value},"pin":"a"}],"product_id":1,"price":${value},"txn_id":"A"}`;
      const single = `{"product_id":1,"price":${price},"txn_id":"A-17"}`;
      if (Number(price) === 0) return expect(inexactOf(single)).toMatchObject({ ok: false });
      expect(inexactOf(single)).toEqual(["/price"]);
      expect(inexactOf(text("9007199254740993"))).toEqual(["/lines/0/count", "/price"]);
    },
  );

  test("by their decimals", () => {
    const prices = codec<number[]>(() => s.array(s.number()));
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.integer({ min: 0, max: 22 }));
    const literal = fc.oneof(
      digits.map(([whole, places]) => {
        const text = String(whole).padStart(places + 1, "0");
        return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
      }),
      fc.tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: -300, max: 200 })).map((both) => both.join("e")),
      fc
        .double({ min: 0, noNaN: true, max: 1e200 })
        .filter((n) => n === 0 || n > 1e-300)
        .map(String),
    );
    let inexact = 0;
    fc.assert(
      fc.property(literal, (text) => {
        const request = readRequest(prices, `[1,${text}]`);
        if (!request.ok) throw new Error(JSON.stringify(request));
        const isExact = decimalOf(text) === decimalOf(String(request.value[1]));
        if (!isExact) inexact++;
        expect(request.inexact).toEqual(isExact ? [] : ["/1"]);
      }),
      { numRuns: 20_000 },
    );
    expect(inexact).toBeGreaterThan(2000);
  });
});
