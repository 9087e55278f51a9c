import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
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

/** The same values read by schemas that say what `JSON.parse` finds by itself. */
const schemaOf = (value: unknown): s.Schema => {
  if (Array.isArray(value)) return value.length === 1 ? s.array(schemaOf(value[0])) : s.any;
  if (typeof value === "object" && value !== null) {
    return s.object(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, schemaOf(member)])));
  }
  return { string: s.string(), number: s.number(), boolean: s.boolean }[typeof value as "string"] ?? s.null;
};

const issueOf = (text: string) => {
  const error = textFault(text);
  return error instanceof Fault ? error.issue : error;
};

describe("a reader", () => {
  const documents = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const spaces = fc.constantFrom(undefined, 2, "\t");

  test("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(documents, spaces, (document, space) => {
        const text = JSON.stringify(document, null, space);
        expect(read(text)).toEqual(document);
      }),
      { numRuns: 5_000 },
    );
  });

  test("reads by a schema what JSON.parse reads, in whatever order the members come", () => {
    const shuffled = (document: unknown): unknown =>
      typeof document === "object" && document !== null && !Array.isArray(document)
        ? Object.fromEntries(Object.entries(document).reverse().map(([name, member]) => [name, shuffled(member)]))
        : document;
    fc.assert(
      fc.property(documents.filter((document) => !JSON.stringify(document).includes("__proto__")), spaces, (document, space) => {
        const typed = codec(() => schemaOf(document));
        for (const each of [document, shuffled(document)]) {
          expect(typed.decode(JSON.stringify(each, null, space))).toEqual({ ok: true, value: document });
        }
        expect(typed.encode(document)).toMatchObject({ ok: true });
      }),
      { numRuns: 5_000 },
    );
  });

  test("takes a text as well-formed exactly when JSON.parse does, whatever byte is lost, doubled or changed", () => {
    // Node 24 mixes names with backslashes up: `{"k":0,"\\\\":1}` and then `{"k":0,"\\"":2}` come out with the same names.
    const texts = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes("\\")).map((value) => JSON.stringify({ a: value, n: -1.5e3, b: "\n\u00e9" }));
    const pieces = ["", "0", "1", "-", ".", "e", '"', "\\", ",", ":", "{", "}", "[", "]", " ", "\n", "\v", "\u00a0", "\0", "u", "t", "true", "null"];
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
          expect(typed.decode(changed)).toEqual({ ok: false, issue: { pointer: "", reason: "must be well-formed JSON" } });
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
  });

  test("refuses every repeated member name, wherever it stands and however it is spelled", () => {
    const escaped = (name: string) => [...name].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    fc.assert(
      fc.property(fc.json(), fc.string({ minLength: 1, unit: "grapheme-ascii" }), fc.boolean(), (json, name, isEscaped) => {
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
          const typed = codec(() => s.object({ a: s.array(s.either(s.object(Object.fromEntries(names.map((each) => [each, s.optional(s.any)]))), s.number())) }));
          expect(typed.decode(text)).toEqual({ ok: false, issue });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("finds the tag of a union wherever it stands, and takes no other's for it", () => {
    const names = fc.constantFrom("status", "a", "product", 'x"status', "status\\", "Status");
    const { object } = fc.letrec<{ object: Record<string, unknown>; value: unknown }>((tie) => ({
      object: fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }) as never,
      value: fc.oneof({ depthSize: "small" }, fc.constantFrom<unknown>("A", "B", '"status":"A"', '"status":', "{", "}", 1, null), tie("object"), fc.array(tie("object"), { maxLength: 2 })),
    }));
    const [first, second] = [s.object({ status: s.literals("A") }), s.object({ status: s.literals("B"), a: s.optional(s.any) })];
    const union = s.union("status", [first, "A"], [second, "B"]);
    const [tagged, inside] = [codec<{ status: string }>(() => union), codec(() => s.array(union))];
    let read = 0;
    fc.assert(
      fc.property(object, fc.option(fc.constantFrom("A", "B")), spaces, (document, status, space) => {
        const value = status === null ? document : { ...document, status };
        const isValid = value["status"] === "A" || value["status"] === "B";
        if (isValid) read++;
        const text = JSON.stringify(value, null, space);
        const decoded = tagged.decode(text);
        expect(decoded.ok).toBe(isValid);
        if (decoded.ok) expect(decoded.value.status).toBe(value["status"]);
        else expect(decoded.issue.pointer).toBe("/status");
        const items = inside.decode(`[${text}]`);
        if (decoded.ok) expect(items).toEqual({ ok: true, value: [decoded.value] });
        else expect(items).toMatchObject({ ok: false, issue: { pointer: "/0/status" } });
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(3000);
  });

  test("reads a union inside of unions a few times and not twice a level", () => {
    const union: s.Schema = s.named(() => s.union("status", [objectOf("A"), "A"], [objectOf("B"), "B"]));
    const objectOf = (status: string) => s.object({ inner: s.optional(union), status: s.literals(status) });
    const nested = (levels: number): string => (levels === 1 ? '{"status":"B"}' : `{"inner":${nested(levels - 1)},"status":"B"}`);
    using enter = vi.spyOn(Reader.prototype, "enter");
    expect(codec(() => union).decode(nested(16))).toEqual({ ok: true, value: JSON.parse(nested(16)) });
    expect(enter.mock.calls.length).toBeLessThan(1000);
    // What the first variant has entered before it turned out to be another is left again.
    expect(codec(() => union).decode(nested(100))).toEqual({ ok: true, value: JSON.parse(nested(100)) });
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
    expect(codec(() => s.object({ a: s.optional(s.any), b: s.optional(s.any) })).decode(text)).toEqual({ ok: false, issue });
  });

  test.each(["", " ", "{", '{"a":}', "<html>secret</html>", "NaN", "'a'", '{"a":1}}', "\ufeff\ufeff1", '"\u0001"', "01", "1.", "tru", '{"a":1,}', "[1,]", "[1 2]"])(
    "refuses %j without quoting it",
    (text) => {
      expect(issueOf(text)).toEqual({ pointer: "", reason: "must be well-formed JSON" });
      for (const schema of [s.any, s.number(), s.boolean, s.string(), s.object({ a: s.any }), s.array(s.integer())]) {
        expect(codec(() => schema).decode(text)).toEqual({ ok: false, issue: { pointer: "", reason: "must be well-formed JSON" } });
      }
    },
  );

  test("ignores one leading byte order mark", () => {
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test("bears 100 levels of nesting and refuses 101, however many more there are", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(read(nested(100))).toBeInstanceOf(Array);
    expect(issueOf(nested(101))).toEqual({ pointer: "", reason: "must nest at most 100 levels deep" });
    expect(issueOf(nested(100_000))).toMatchObject({ pointer: "" });
    const endless: s.Schema = s.named(() => s.object({ next: s.optional(endless) }));
    const chain = (levels: number) => '{"next":'.repeat(levels) + "{}" + "}".repeat(levels);
    const typed = codec(() => endless);
    expect(typed.decode(chain(99)).ok).toBe(true);
    expect(typed.decode(chain(100))).toEqual({ ok: false, issue: { pointer: "", reason: "must nest at most 100 levels deep" } });
    expect(typed.encode(JSON.parse(chain(99))).ok).toBe(true);
    expect(typed.encode(JSON.parse(chain(100)))).toMatchObject({ ok: false, issue: { reason: "must nest at most 100 levels deep" } });
  });

  test("is not led astray by what every object inherits", () => {
    Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true });
    const typed = codec(() => s.object({ status: s.string() }));
    const decoded = ['{"status":"OK","status":"NO"}', '{"status":"OK"}', "{}"].map((text) => typed.decode(text));
    delete (Object.prototype as { polluted?: number }).polluted;
    expect(decoded).toMatchObject([{ issue: { pointer: "/status" } }, { value: { status: "OK" } }, { issue: { pointer: "/status" } }]);
  });

  test("keeps a member called __proto__ an ordinary member", () => {
    const value = read('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("looks for no tag beyond its object, so that a megabyte of objects takes no longer than it is", () => {
    const tagged = codec(() => s.array(s.union("t", [s.object({ t: s.literals("a") }), "a"])));
    expect(tagged.decode(`[${'{"t" :"a"},'.repeat(90_000)}{"t" :"a"}]`).ok).toBe(true);
  });

  test("makes a schema that contains itself once, however deep and broad the documents are", () => {
    let made = 0;
    const node: s.Schema = s.named(() => (made++, s.object({ l: s.optional(node), r: s.optional(s.nullable(node)) })));
    const tree = codec(() => s.object({ tree: s.optional(node) }));
    expect(tree.decode('{"tree":{"l":{"l":{},"r":{"l":{}}},"r":{"r":{"r":null}}}}').ok).toBe(true);
    expect(tree.encode({ tree: { r: { l: { r: {} } } } }).ok).toBe(true);
    expect(made).toBe(1);
  });

  test("gives strings of a long text that do not keep all of it in memory", () => {
    const kept: unknown[] = [];
    const typed = codec<{ id: string }>(() => s.object({ id: s.string() }));
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 1_000; count++) {
      const decoded = typed.decode(`{"id":"0192-abc-${count}-000000","other":"${"x".repeat(60_000)}"}`);
      kept.push(decoded.ok && decoded.value.id);
    }
    // All of them would be 60 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
    expect(kept.at(-1)).toBe("0192-abc-999-000000");
  });

  test("takes a megabyte of numbers under a long name, and of colons, without growing slow", () => {
    const numbers = `{"x":{"${"k".repeat(100_000)}":[${"1e1,".repeat(200_000)}1],"${"l".repeat(100_000)}":12345678901234567890}}`;
    expect(read(numbers)).toEqual(JSON.parse(numbers));
    const colons = JSON.stringify({ text: '":1e1'.repeat(200_000), "a\"b": ":" });
    expect(read(colons)).toEqual(JSON.parse(colons));
    expect(issueOf(`{"x":[${numbers},${numbers.slice(0, -1)},"x":1}]}`)).toMatchObject({ pointer: "/x/1/x" });
  });
});
