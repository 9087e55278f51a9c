import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { codec } from "./codec.ts";
import { Reader } from "./reader.ts";
import * as s from "./schema.ts";

/** Makes the schema of a value. */
const schemaOf = (value: unknown): s.Schema => {
  if (Array.isArray(value)) return value.length === 1 ? s.array(schemaOf(value[0])) : s.any;
  if (typeof value === "object" && value !== null) {
    return s.object(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, schemaOf(member)])));
  }
  return { string: s.string(), number: s.number(), boolean: s.boolean }[typeof value as "string"] ?? s.null;
};

describe("reading by a schema", () => {
  const documents = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const spaces = fc.constantFrom(undefined, 2, "\t");

  test("gives the value of JSON.parse, in any order of the members", () => {
    const shuffled = (document: unknown): unknown =>
      typeof document === "object" && document !== null && !Array.isArray(document)
        ? Object.fromEntries(
            Object.entries(document)
              .reverse()
              .map(([name, member]) => [name, shuffled(member)]),
          )
        : document;
    fc.assert(
      fc.property(
        documents.filter((document) => !JSON.stringify(document).includes("__proto__")),
        spaces,
        (document, space) => {
          const typed = codec(() => schemaOf(document));
          for (const each of [document, shuffled(document)]) {
            expect(typed.decode(JSON.stringify(each, null, space))).toEqual({ ok: true, value: document });
          }
          expect(typed.encode(document)).toMatchObject({ ok: true });
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test("finds the tag of a union at any place, and takes no other member for it", () => {
    const names = fc.constantFrom("status", "a", "product", 'x"status', "status\\", "Status");
    const { object } = fc.letrec<{ object: Record<string, unknown>; value: unknown }>((tie) => ({
      object: fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }) as never,
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>("A", "B", '"status":"A"', '"status":', "{", "}", 1, null),
        tie("object"),
        fc.array(tie("object"), { maxLength: 2 }),
      ),
    }));
    const [first, second] = [
      s.object({ status: s.literals("A") }),
      s.object({ status: s.literals("B"), a: s.optional(s.any) }),
    ];
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

  test("reads nested unions without twice the work at each level", () => {
    const union: s.Schema = s.named(() => s.union("status", [objectOf("A"), "A"], [objectOf("B"), "B"]));
    const objectOf = (status: string) => s.object({ inner: s.optional(union), status: s.literals(status) });
    const nested = (levels: number): string =>
      levels === 1 ? '{"status":"B"}' : `{"inner":${nested(levels - 1)},"status":"B"}`;
    using enter = vi.spyOn(Reader.prototype, "enter");
    expect(codec(() => union).decode(nested(16))).toEqual({ ok: true, value: JSON.parse(nested(16)) });
    expect(enter.mock.calls.length).toBeLessThan(1000);
    // A variant that does not match leaves every level that it has entered.
    expect(codec(() => union).decode(nested(100))).toEqual({ ok: true, value: JSON.parse(nested(100)) });
  });

  test("ignores members that every object inherits", () => {
    Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true });
    const typed = codec(() => s.object({ status: s.string() }));
    const decoded = ['{"status":"OK","status":"NO"}', '{"status":"OK"}', "{}"].map((text) => typed.decode(text));
    delete (Object.prototype as { polluted?: number }).polluted;
    expect(decoded).toMatchObject([
      { issue: { pointer: "/status" } },
      { value: { status: "OK" } },
      { issue: { pointer: "/status" } },
    ]);
  });

  test("looks for a tag in its object only, so that a megabyte of objects takes linear time", () => {
    const tagged = codec(() => s.array(s.union("t", [s.object({ t: s.literals("a") }), "a"])));
    expect(tagged.decode(`[${'{"t" :"a"},'.repeat(90_000)}{"t" :"a"}]`).ok).toBe(true);
  });

  test("makes a recursive schema once, for documents of any depth and breadth", () => {
    let made = 0;
    const node: s.Schema = s.named(() => (made++, s.object({ l: s.optional(node), r: s.optional(s.nullable(node)) })));
    const tree = codec(() => s.object({ tree: s.optional(node) }));
    expect(tree.decode('{"tree":{"l":{"l":{},"r":{"l":{}}},"r":{"r":{"r":null}}}}').ok).toBe(true);
    expect(tree.encode({ tree: { r: { l: { r: {} } } } }).ok).toBe(true);
    expect(made).toBe(1);
  });

  test("copies strings out of a long text, so that the text does not stay in memory", () => {
    const kept: unknown[] = [];
    const typed = codec<{ id: string }>(() => s.object({ id: s.string() }));
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 1_000; count++) {
      const decoded = typed.decode(`{"id":"0192-abc-${count}-000000","other":"${"x".repeat(60_000)}"}`);
      kept.push(decoded.ok && decoded.value.id);
    }
    // All the texts together are 60 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
    expect(kept.at(-1)).toBe("0192-abc-999-000000");
  });
});
