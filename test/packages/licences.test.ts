import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dependencies, isExplained, isPermissive, page, printPage } from "./licences.ts";

test("every dependency that comes with the packages has a permissive licence", async () => {
  const shipped = await dependencies("packages");
  const list = shipped.map(({ name, licence }) => `${name} ${licence}`).join(", ");
  console.log(`${shipped.length} packages come with ours: ${list}`);
  expect(shipped.length).toBeGreaterThan(10);
  expect(shipped.filter(({ licence }) => !isPermissive(licence))).toEqual([]);
});

test("every tool has a licence that is permissive or explained", async () => {
  const all = await dependencies("workspace");
  const groups = Object.entries(Object.groupBy(all, ({ licence }) => licence));
  const counts = groups.map(([licence, found = []]) => `${found.length} ${licence}`);
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

test("THIRD-PARTY.md lists the installed packages", async () => {
  expect(readFileSync(page, "utf8"), "update it with: npx pnpm exec node test/packages/licences.ts").toBe(
    await printPage(),
  );
});
