import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "./fault.ts";
import { integerOf, parseJson } from "./json.ts";

const issueOf = (text: string) => {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof Fault) return error.issue;
    throw error;
  }
};

describe("parseJson()", () => {
  test("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 2, "\t"), (json, space) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        expect(parseJson(text).value).toEqual(JSON.parse(text));
      }),
      { numRuns: 5_000 },
    );
  });

  test("refuses every repeated member name, wherever it stands and however it is spelled", () => {
    const escaped = (name: string) => [...name].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    fc.assert(
      fc.property(fc.json(), fc.string({ minLength: 1, unit: "grapheme-ascii" }), fc.boolean(), (json, name, isEscaped) => {
        const again = isEscaped ? `"${escaped(name)}"` : JSON.stringify(name);
        const text = `{"a":[1,{"x":[${json}],${JSON.stringify(name)} : ${json}, ${again}:null}]}`;
        if (name === "x") return;
        expect(issueOf(text)).toEqual({
          pointer: `/a/1/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
          reason: "must not be repeated in its object",
          isForeign: true,
        });
      }),
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
    ['{"a\\"b":1,"a\\"b":2}', '/a"b'],
  ])("names the repeated member of %s", (text, pointer) => {
    expect(issueOf(text)).toEqual({ pointer, reason: "must not be repeated in its object", isForeign: true });
  });

  test.each(["", " ", "{", '{"a":}', "<html>secret</html>", "NaN", "'a'", '{"a":1}}', "\ufeff\ufeff1", '"\u0001"', "01", "1."])(
    "refuses %j without quoting it",
    (text) => {
      expect(issueOf(text)).toEqual({ pointer: "", reason: "must be well-formed JSON" });
    },
  );

  test("ignores one leading byte order mark", () => {
    expect(parseJson('\ufeff{"a":1}').value).toEqual({ a: 1 });
  });

  test("bears 100 levels of nesting and refuses 101, however many more there are", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(parseJson(nested(100)).value).toBeInstanceOf(Array);
    expect(issueOf(nested(101))).toEqual({ pointer: "", reason: "must nest at most 100 levels deep" });
    expect(issueOf(nested(100_000))).toMatchObject({ pointer: "" });
  });

  test("refuses a repeated name even when every object seems to have one more", () => {
    Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true });
    const [issue, { value }] = [issueOf('{"status":"OK","status":"NO"}'), parseJson('{"status":"OK"}')];
    delete (Object.prototype as { polluted?: number }).polluted;
    expect(issue).toMatchObject({ pointer: "/status" });
    expect(value).toEqual({ status: "OK" });
  });

  test("keeps a member called __proto__ an ordinary member", () => {
    const { value } = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("keeps the literals of a document that has a number of more than 15 characters or an exponent, and of no other", () => {
    const literalsOf = (text: string) => [...(parseJson(text).literals ?? [])].map(([, literals]) => [...literals]);
    expect(parseJson('{"a":123456789012345,"b":0.1}').literals).toBeUndefined();
    expect(parseJson('{"a":"1234567890123456789","b":"1e3"}').literals).toBeUndefined();
    expect(literalsOf('{"a/b":[1,{"":-9007199254740993}], "c" : 1.50 }')).toEqual([
      [[0, "1"]], [["", "-9007199254740993"]], [["c", "1.50"]],
    ]);
    expect(literalsOf('{"a":1e3}')).toEqual([[["a", "1e3"]]]);
    expect(literalsOf('{"a":-1E3}')).toEqual([[["a", "-1E3"]]]);
    expect(literalsOf('{"a":"\\":12345678901234567890","b":":1e3"}')).toEqual([]);
  });

  test("takes a megabyte of numbers under a long name, and of colons, without growing slow", () => {
    const numbers = `{"x":{"${"k".repeat(100_000)}":[${"1e1,".repeat(200_000)}1],"${"l".repeat(100_000)}":12345678901234567890}}`;
    expect(parseJson(numbers).literals?.size).toBe(2);
    const colons = JSON.stringify({ text: '":1e1'.repeat(200_000), "a\"b": ":" });
    expect(parseJson(colons).value).toEqual(JSON.parse(colons));
    expect(issueOf(`{"x":[${numbers},${numbers.slice(0, -1)},"x":1}]}`)).toMatchObject({ pointer: "/x/1/x" });
  });
});

describe("integerOf()", () => {
  const spelled = fc
    .tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(25), fc.nat(25), fc.constantFrom("e", "E", "e+", "E+"))
    .map(([value, shift, zeros, e]) => {
      const sign = value < 0n ? "-" : "";
      const digits = String(value < 0n ? -value : value).padStart(shift + 1, "0");
      const whole = shift === 0 ? digits : digits.slice(0, -shift);
      const fraction = (shift === 0 ? "" : digits.slice(-shift)) + "0".repeat(zeros);
      const literal = whole.replace(/^0+(?=\d)/, "") + (fraction ? `.${fraction}` : "");
      return { value, literal: `${sign}${literal}${shift > 0 ? `${e}${shift}` : ""}` };
    });

  test("reads every int64 exactly, however it is spelled", () => {
    fc.assert(fc.property(spelled, ({ value, literal }) => integerOf(literal) === value), { numRuns: 20_000 });
  });

  test.each([
    ["1.0", 1n], ["1e3", 1000n], ["-0", 0n], ["0e999999999", 0n], ["0.000", 0n], ["-1.50e1", -15n], ["12300e-2", 123n],
    ["9007199254740991.4", undefined], ["1.5", undefined], ["1e-1", undefined], ["1e19", undefined], ["1e999999999", undefined],
    ["1e-999999999", undefined], [`1.${"0".repeat(1000)}1`, undefined], [`1.${"0".repeat(1000)}`, 1n],
  ])("reads %s as %s", (literal, value) => {
    expect(integerOf(literal)).toBe(value);
  });

  test("takes a megabyte of zeros without growing slow", () => {
    const zeros = "0".repeat(1_000_000);
    expect(integerOf(`1.${zeros}1`)).toBeUndefined();
    expect(integerOf(`1${zeros}`)).toBeUndefined();
  });
});
