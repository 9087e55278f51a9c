import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dependencies, isExplained, isPermissive, page, printPage } from "./licences.ts";

test("every licence of what comes with the packages is permissive", async () => {
  const shipped = await dependencies("packages");
  console.log(`${shipped.length} packages come with ours: ${shipped.map(({ name, licence }) => `${name} ${licence}`).join(", ")}`);
  expect(shipped.length).toBeGreaterThan(10);
  expect(shipped.filter(({ licence }) => !isPermissive(licence))).toEqual([]);
});

test("every licence of a tool is permissive or explained", async () => {
  const all = await dependencies("workspace");
  const counts = Object.entries(Object.groupBy(all, ({ licence }) => licence)).map(([licence, found = []]) => `${found.length} ${licence}`);
  console.log(`${all.length} packages in the workspace: ${counts.join(", ")}`);
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(({ name, licence }) => !isPermissive(licence) && !isExplained(name))).toEqual([]);
});

test.each([
  ["MIT", true],
  ["(MIT OR GPL-3.0)", true],
  ["(MIT AND Zlib)", true],
  ["(MIT AND GPL-3.0)", false],
  ["GPL-3.0-only", false],
  ["Unknown", false],
])("the licence %s is permissive: %s", (licence, expected) => {
  expect(isPermissive(licence)).toBe(expected);
});

test("the page of third-party code says what is installed", async () => {
  expect(readFileSync(page, "utf8"), "write it anew: node test/packages/licences.ts").toBe(await printPage());
});
