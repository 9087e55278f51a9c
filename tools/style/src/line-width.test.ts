import { expect, test } from "vitest";
import { findWideLines } from "./line-width.ts";

const wide = "x".repeat(121);

test("a line of 121 characters is found, and one of 120 is not", () => {
  expect(findWideLines("a.ts", `${"x".repeat(120)}\n${wide}\n`)).toEqual([{ line: 2, width: 121 }]);
});

test("characters count, and not bytes or UTF-16 units", () => {
  expect(findWideLines("a.md", "ы".repeat(120))).toEqual([]);
  expect(findWideLines("a.md", "😀".repeat(120))).toEqual([]);
});

test("a table in code is left alone when the line above says why, up to the next blank line", () => {
  expect(findWideLines("a.ts", `// Table: one case a line.\n${wide}\n${wide}\n\n${wide}\n`)).toEqual([
    { line: 5, width: 121 },
  ]);
  expect(findWideLines("a.yaml", `# Table: one case a line.\n${wide}\n`)).toEqual([]);
  expect(findWideLines("a.ts", `// Table:\n${wide}\n`)).toHaveLength(1);
});

test("the rows of a Markdown table are left alone, and code in Markdown is not", () => {
  expect(findWideLines("a.md", `| ${wide} |\n`)).toEqual([]);
  expect(findWideLines("a.md", `\`\`\`ts\n| ${wide} |\n\`\`\`\n`)).toHaveLength(1);
  expect(findWideLines("a.ts", `| ${wide} |\n`)).toHaveLength(1);
});
