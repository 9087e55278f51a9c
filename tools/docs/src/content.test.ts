import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { changelogIn } from "./changelog.ts";
import { languages } from "./language.ts";
import { pages } from "./pages.ts";
import { readCertification, readReadings } from "./tables.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");
const textsOf = (folder: string, pattern: RegExp) => readdirSync(root + folder).filter((name) => /\.(ts|yaml)$/.test(name)).flatMap((name) => [...read(`${folder}/${name}`).matchAll(pattern)].map(([, found]) => found ?? ""));

test.each(pages.map(({ slug }) => slug).filter((slug) => slug !== "api"))("%s has the same headings, links, tables and examples in both languages", (slug) => {
  const [en, ru] = languages.map((language) => {
    const text = read(`tools/docs/content/${language}/${slug}.md`);
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to).sort();
    return { headings: text.match(/\{#[\w-]+\}/g), links, placeholders: text.match(/<!-- .*? -->/g), code: text.match(/^```.*?^```$/gms) };
  });
  expect(ru).toEqual(en);
});

test("every interpretation that the contract marks is among the open questions", () => {
  const known = readReadings().flatMap(({ readings }) => readings.map(({ id }) => id));
  expect(new Set(known).size).toBe(known.length);
  const marked = ["spec", "spec/paths", "spec/schemas", "spec/responses", "spec/overlays"].flatMap((folder) => textsOf(folder, /(?:Interpretation|Трактовка) ([A-E]\d+)/g));
  expect(marked.length).toBeGreaterThan(50);
  expect(marked.filter((id) => !known.includes(id))).toEqual([]);
});

test("the certification cases are those that the tests run", () => {
  const { provider, merchant } = readCertification();
  const ids = (cases: { id: string }[]) => cases.map(({ id }) => id);
  expect(ids(provider)).toEqual([...new Set(textsOf("test/certification", /"(P\d\d)"/g))].sort());
  const tested = [...textsOf("test/certification", /\b(M\d\d)\b/g), ...textsOf("test/wire", /\b(M\d\d)\b/g)];
  expect(ids(merchant).filter((id) => !tested.includes(id))).toEqual([]);
  expect(merchant).toHaveLength(34);
});

test.each(languages)("the policy of the queue is in %s what the package's README says", (language) => {
  const rows = (path: string) => [...read(path).matchAll(/^\| `(\w+)` \| ([\d.]+)(?:, of the contract)? \| ([\d.–]+)/gm)].map((found) => found.slice(1));
  expect(rows("packages/retry-queue/README.md")).toHaveLength(12);
  expect(rows(`tools/docs/content/${language}/queue.md`)).toEqual(rows("packages/retry-queue/README.md"));
});

test("a change is told in each language, once, with the packages that it is of", () => {
  const client = "# @codegames/client\n\n## 1.1.0\n\n### Minor Changes\n\n- abcdef0: One\n\n  RU: Один\n\n- Updated dependencies\n  - @codegames/contract@1.1.0\n";
  const server = "# @codegames/server\n\n## 1.1.0\n\n### Minor Changes\n\n- abcdef0: One\n\n  RU: Один\n";
  const sources = { changelogs: [{ name: "client", text: client }, { name: "server", text: server }], pending: ['---\n"@codegames/client": patch\n---\n\nTwo\n\nRU: Два\n'] };
  expect(changelogIn("en", sources)).toBe("## Next release\n\n`client`: Two\n\n## 1.1.0\n\n`client`, `server`: One\n");
  expect(changelogIn("ru", sources)).toBe("## Следующий выпуск\n\n`client`: Два\n\n## 1.1.0\n\n`client`, `server`: Один\n");
});
