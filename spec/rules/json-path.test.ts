import { expect, test } from "vitest";
import { parseJsonPath, printJsonPath } from "./json-path.ts";

test("a path of names and indexes is the same after parsing and printing", () => {
  const path = "$.paths['/pay'].post.responses['200'].tags[0]['it\\'s']";
  const segments = ["paths", "/pay", "post", "responses", "200", "tags", 0, "it's"];
  expect(parseJsonPath(path)).toEqual(segments);
  expect(printJsonPath(segments)).toBe(path);
});

test("a name may stand in double quotes", () => {
  expect(parseJsonPath('$["/pay"]')).toEqual(["/pay"]);
});

test.each(["info", "$.tags[*]", "$..description", "$.tags[?@.name]", "$.check-OK"])(
  "%s is not a plain path",
  (path) => {
    expect(parseJsonPath(path)).toBeUndefined();
  },
);
