import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));
const files = globSync("**/*.ts", { cwd: folder }).filter((file) => !file.endsWith(".test.ts"));

/** A folder is one room, and so is a file that lies beside the folders. */
const roomOf = (file: string) => (file.includes("/") ? `${file.split("/")[0]}/` : file);

/** The rooms that each room needs, for a type too. */
function readNeeds(): Map<string, Set<string>> {
  const needs = new Map<string, Set<string>>();
  for (const file of files) {
    const room = roomOf(file);
    const own = needs.get(room) ?? new Set();
    needs.set(room, own);
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, path = ""] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
      const other = roomOf(relative(folder, join(folder, dirname(file), path)));
      if (other !== room) own.add(other);
    }
  }
  return needs;
}

/** Takes away the rooms that need none of those left, until none goes. What stays stands in circles. */
function findCircles(needs: Map<string, Set<string>>): { floors: string[][]; circles: string[] } {
  const left = new Map(needs);
  const floors: string[][] = [];
  for (;;) {
    const floor = [...left].filter(([, own]) => [...own].every((room) => !left.has(room))).map(([room]) => room);
    if (floor.length === 0) return { floors, circles: [...left.keys()] };
    for (const room of floor) left.delete(room);
    floors.push(floor.toSorted());
  }
}

test("the rooms of the queue stand on each other: there is no circle, not even of types", () => {
  const needs = readNeeds();
  const { floors, circles } = findCircles(needs);
  expect(circles).toEqual([]);
  const arrows = [...needs.values()].reduce((sum, { size }) => sum + size, 0);
  console.log(`retry-queue: ${needs.size} rooms on ${floors.length} floors, ${arrows} arrows`);
  console.log(floors.map((floor, index) => `${index}: ${floor.join(", ")}`).join("\n"));
  const wings = floors.flat().filter((room) => room.endsWith("/"));
  const order = ["storage/", "operations/", "inquiry/", "pay/", "operator/", "cli/"];
  expect(wings.filter((room) => order.includes(room)).toSorted()).toEqual(order.toSorted());
  expect(wings.indexOf("storage/")).toBeLessThan(wings.indexOf("operations/"));
  for (const wing of ["inquiry/", "pay/", "operator/"]) {
    expect(needs.get(wing), wing).toContain("operations/");
    expect(wings.indexOf(wing), wing).toBeLessThan(wings.indexOf("cli/"));
  }
});

test("a circle of rooms is found", () => {
  const needs = new Map([
    ["a", new Set(["b"])],
    ["b", new Set(["a"])],
    ["c", new Set<string>()],
  ]);
  expect(findCircles(needs)).toEqual({ floors: [["c"]], circles: ["a", "b"] });
});

test("every file of pay/, inquiry/ and operations/ has unit tests beside it", () => {
  const wings = files.filter((file) => /^(?:pay|inquiry|operations)\//.test(file));
  const tested = new Set(globSync("**/*.test.ts", { cwd: folder }));
  // Types alone.
  const untested = wings.filter((file) => !tested.has(file.replace(".ts", ".test.ts")));
  expect(untested).toEqual(["operations/events.ts"]);
});
