import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codec } from "./codec.ts";
import { Fault } from "./fault.ts";
import { Reader } from "./reader.ts";
import * as s from "./schema.ts";
import { textFault } from "./text-fault.ts";

const read = (text: string): unknown => {
  const reader = new Reader(text);
  const value = reader.any();
  reader.end();
  return value;
};

const issueOf = (text: string) => {
  const error = textFault(text);
  return error instanceof Fault ? error.issue : error;
};

describe("a reader", () => {
  const documents = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const spaces = fc.constantFrom(undefined, 2, "\t");

  test("reads the same value as JSON.parse", () => {
    fc.assert(
      fc.property(documents, spaces, (document, space) => {
        const text = JSON.stringify(document, null, space);
        expect(read(text)).toEqual(document);
      }),
      { numRuns: 5_000 },
    );
  });

  test("accepts a text exactly when JSON.parse does, after any loss, insertion or change of characters", () => {
    // No backslashes: after `{"k":0,"\\\\":1}`, `JSON.parse` of Node 24.21 reads `{"k":0,"\\"":2}` with the names of
    // the first (https://github.com/nodejs/node/issues/63785).
    const texts = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !JSON.stringify(value).includes("\\"))
      .map((value) => JSON.stringify({ a: value, n: -1.5e3, b: "\n\u00e9" }));
    const pieces = [
      "",
      "0",
      "1",
      "-",
      ".",
      "e",
      '"',
      "\\",
      ",",
      ":",
      "{",
      "}",
      "[",
      "]",
      " ",
      "\n",
      "\v",
      "\u00a0",
      "\0",
      "u",
      "t",
      "true",
      "null",
    ];
    const typed = codec(() => s.object({ n: s.number(), b: s.string(), a: s.any }));
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(2), fc.constantFrom(...pieces), (text, at, length, piece) => {
        const place = at % text.length;
        const changed = text.slice(0, place) + piece + text.slice(place + length);
        let parsed: unknown;
        try {
          parsed = JSON.parse(changed);
        } catch {
          expect(issueOf(changed)).toEqual({ pointer: "", reason: "must be well-formed JSON" });
          expect(typed.decode(changed)).toEqual({
            ok: false,
            issue: { pointer: "", reason: "must be well-formed JSON" },
          });
          expect(() => read(changed)).toThrow();
          return;
        }
        if (issueOf(changed) !== undefined) return;
        expect(read(changed)).toEqual(parsed);
        const decoded = typed.decode(changed);
        if (decoded.ok) expect(decoded.value).toMatchObject({ a: (parsed as { a: unknown }).a });
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);

  test("refuses every repeated member name, at any place and in any spelling", () => {
    const escaped = (name: string) =>
      [...name].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    fc.assert(
      fc.property(
        fc.json(),
        fc.string({ minLength: 1, unit: "grapheme-ascii" }),
        fc.boolean(),
        (json, name, isEscaped) => {
          const again = isEscaped ? `"${escaped(name)}"` : JSON.stringify(name);
          const text = `{"a":[1,{"x":[${json}],${JSON.stringify(name)} : ${json}, ${again}:null}]}`;
          if (name === "x") return;
          const issue = {
            pointer: `/a/1/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
            reason: "must not be repeated in its object",
            isForeign: true,
          };
          expect(issueOf(text)).toEqual(issue);
          expect(() => read(text)).toThrow();
          if (name === "__proto__") return;
          for (const names of [[name], ["x", name], []]) {
            const typed = codec(() =>
              s.object({
                a: s.array(
                  s.either(s.object(Object.fromEntries(names.map((each) => [each, s.optional(s.any)]))), s.number()),
                ),
              }),
            );
            expect(typed.decode(text)).toEqual({ ok: false, issue });
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['{"a":1,"a":1}', "/a"],
    ['{"a":{},"b":[{"c":1},{"c":1,"d":":","c":2}]}', "/b/1/c"],
    ['{"__proto__":1,"__proto__":2}', "/__proto__"],
    ['{"":1,"":2}', "/"],
    ['{"a/b":1,"a/b":2}', "/a~1b"],
    ['{"\\u0061":1,"a":2}', "/a"],
    ['{"a":1,"\\u0061":2}', "/a"],
    ['{"a\\"b":1,"a\\"b":2}', '/a"b'],
  ])("names the repeated member of %s", (text, pointer) => {
    const issue = { pointer, reason: "must not be repeated in its object", isForeign: true };
    expect(issueOf(text)).toEqual(issue);
    expect(codec(() => s.object({ a: s.optional(s.any), b: s.optional(s.any) })).decode(text)).toEqual({
      ok: false,
      issue,
    });
  });

  test.each([
    "",
    " ",
    "{",
    '{"a":}',
    "<html>secret</html>",
    "NaN",
    "'a'",
    '{"a":1}}',
    "\ufeff\ufeff1",
    '"\u0001"',
    "01",
    "1.",
    "tru",
    '{"a":1,}',
    "[1,]",
    "[1 2]",
  ])("refuses %j without quoting it", (text) => {
    expect(issueOf(text)).toEqual({ pointer: "", reason: "must be well-formed JSON" });
    for (const schema of [s.any, s.number(), s.boolean, s.string(), s.object({ a: s.any }), s.array(s.integer())]) {
      expect(codec(() => schema).decode(text)).toEqual({
        ok: false,
        issue: { pointer: "", reason: "must be well-formed JSON" },
      });
    }
  });

  test("ignores one leading byte order mark", () => {
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test("reads 100 levels of nesting, and refuses 101 and more", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(read(nested(100))).toBeInstanceOf(Array);
    expect(issueOf(nested(101))).toEqual({ pointer: "", reason: "must nest at most 100 levels deep" });
    expect(issueOf(nested(100_000))).toMatchObject({ pointer: "" });
    const endless: s.Schema = s.named(() => s.object({ next: s.optional(endless) }));
    const chain = (levels: number) => '{"next":'.repeat(levels) + "{}" + "}".repeat(levels);
    const typed = codec(() => endless);
    expect(typed.decode(chain(99)).ok).toBe(true);
    expect(typed.decode(chain(100))).toEqual({
      ok: false,
      issue: { pointer: "", reason: "must nest at most 100 levels deep" },
    });
    expect(typed.encode(JSON.parse(chain(99))).ok).toBe(true);
    expect(typed.encode(JSON.parse(chain(100)))).toMatchObject({
      ok: false,
      issue: { reason: "must nest at most 100 levels deep" },
    });
  });

  test("reads __proto__ as an ordinary member", () => {
    const value = read('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("reads a megabyte of numbers under a long name, and of colons, in linear time", () => {
    const list = `[${"1e1,".repeat(200_000)}1]`;
    const numbers = `{"x":{"${"k".repeat(100_000)}":${list},"${"l".repeat(100_000)}":12345678901234567890}}`;
    expect(read(numbers)).toEqual(JSON.parse(numbers));
    const colons = JSON.stringify({ text: '":1e1'.repeat(200_000), 'a"b': ":" });
    expect(read(colons)).toEqual(JSON.parse(colons));
    expect(issueOf(`{"x":[${numbers},${numbers.slice(0, -1)},"x":1}]}`)).toMatchObject({ pointer: "/x/1/x" });
  });
});
