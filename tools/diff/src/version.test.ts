import { expect, test } from "vitest";
import type { Impact } from "./change.ts";
import { isAtLeast, leastVersion, readVersion } from "./version.ts";

test.each<[string, Impact | undefined, string]>([
  ["1.4.2", "major", "2.0.0"],
  ["1.4.2", "minor", "1.5.0"],
  ["1.4.2", "patch", "1.4.3"],
  ["1.4.2", undefined, "1.4.2"],
  ["0.4.2", "major", "0.5.0"],
  ["0.4.2", "minor", "0.5.0"],
  ["0.4.2", "patch", "0.4.3"],
])("leastVersion() after %s and a %s change is %s", (released, impact, least) => {
  expect(leastVersion(released, impact)).toBe(least);
});

test.each([
  ["1.10.0", "1.9.9", true],
  ["1.9.9", "1.10.0", false],
  ["2.0.0", "1.99.99", true],
  ["1.2.3", "1.2.3", true],
  ["0.9.9", "1.0.0", false],
])("isAtLeast(%s, %s) is %s", (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});

test.each(["1.2", "v1.2.3", "1.2.3-beta", "01.2.3", undefined, 1])("readVersion() refuses %s", (text) => {
  expect(() => readVersion(text)).toThrow("info.version must be MAJOR.MINOR.PATCH, is");
});
