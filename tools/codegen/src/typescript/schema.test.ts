import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Codec, describeIssue } from "@codegames/codec";
import { beforeAll, expect, test } from "vitest";
import { generate } from "../generate.ts";
import { folderLayout } from "../layout.ts";

const folder = fileURLToPath(new URL("../../", import.meta.url));

let keywords: Codec<unknown>;
let corners: Codec<unknown>;

beforeAll(async () => {
  keywords = (await printed("keywords"))["EverythingCodec"]!;
  corners = (await printed("corners"))["CornersCodec"]!;
});

async function printed(name: string): Promise<Record<string, Codec<unknown>>> {
  const out = join(folder, "dist/check", name);
  for (const [file, text] of await generate(join(folder, "cases/printed", name, "openapi.yaml"), folderLayout(out))) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return import(join(out, "contract/codecs.ts"));
}

const issueOf = (codec: Codec<unknown>, document: unknown) => {
  const decoded = codec.decode(JSON.stringify(document));
  return decoded.ok ? "none" : `${decoded.issue.pointer} ${describeIssue(decoded.issue)}`;
};

const everything = { text: "text", count: 1, big: 1, kind: "a", list: ["a"] };
const corner = { mark: { kind: "v\u2028", version: 1 }, "a\nb": "" };

test.each([
  [{ list: "FJQR" }, "/list must be an array, is a string"],
  [{ matrix: ["FJQR"] }, "/matrix/0 must be an array, is a string"],
  [{ lines: ["FJQR"] }, "/lines/0 must be an object, is a string"],
  [{ nested: "FJQR" }, "/nested must be an object, is a string"],
  [{ nested: {} }, "/nested/inner must be an object, is missing"],
  [{ bag: 1234 }, "/bag must be an object, is a number"],
  [{ maybeLine: "FJQR" }, "/maybeLine must be an object or null, is a string"],
  [{ text: 1234 }, "/text must be a string, is 1234"],
])("of %j, where an object or an array must be, no more is told than the type", (member, issue) => {
  expect(issueOf(keywords, { ...everything, ...member })).toBe(issue);
});

test("a document is told of by its type alone when it should be an object", () => {
  expect(issueOf(keywords, "FJQR")).toBe(" must be an object, is a string");
});

test.each([
  [{ "a\nb": 1 }, "/a\nb must be a string, is 1"],
  [{ "\u2028": 1 }, "/\u2028 must be a boolean, is 1"],
  [{ "\"'`${\\~/": "a" }, '/"\'`${\\~0~1 must have at least 2 characters, is "a"'],
  [{ "a===b": 1 }, "/a===b must be null, is 1"],
  [{ "odd name/~": [] }, "/odd name~1~0 must be an object, is an array"],
  [{ quoted: "a" }, '/quoted must match ^["\'`]\n/\u2028\\$\\{$, is "a"'],
])("the pointer and the reason are right of %j, however odd its name", (member, issue) => {
  expect(issueOf(corners, { ...corner, ...member })).toBe(issue);
});

test("what is oddly named is written under its name", () => {
  const document = {
    ...corner,
    "\u2028": true,
    "\"'`${\\~/": "ab",
    "a===b": null,
    "odd name/~": { a: "\u2028" },
    choice: "`${",
  };
  const encoded = corners.encode(document);
  expect(encoded.ok && JSON.parse(encoded.text)).toEqual(document);
});
