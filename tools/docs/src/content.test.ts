import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { changelogIn } from "./changelog.ts";
import { languages } from "./language.ts";
import { pages } from "./pages.ts";
import { readCertification } from "./tables/certification.ts";
import { readInterpretations } from "./tables/interpretations.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");
/** What a pattern captures in the sources and YAML files of a folder. */
const foundIn = (folder: string, pattern: RegExp) => {
  const files = readdirSync(root + folder).filter((name) => /\.(ts|yaml)$/.test(name));
  return files.flatMap((name) => [...read(`${folder}/${name}`).matchAll(pattern)].map(([, found]) => found ?? ""));
};

const slugs = pages.map(({ slug }) => slug).filter((slug) => slug !== "api");

test.each(slugs)("%s has the same headings, links, tables and examples in both languages", (slug) => {
  const [en, ru] = languages.map((language) => {
    const text = read(`tools/docs/content/${language}/${slug}.md`);
    return {
      headings: text.match(/\{#[\w-]+\}/g),
      links: [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to = ""]) => to).toSorted(),
      placeholders: text.match(/<!-- .*? -->/g),
      code: text.match(/^```.*?^```$/gms),
    };
  });
  expect(ru).toEqual(en);
});

test.each(languages)("the page of errors in %s explains every kind of problem that a server can send", (language) => {
  const kinds = [...read("packages/server/src/problem-kinds.ts").matchAll(/^ {2}"?([a-z-]+)"?: \[\s*(\d+),/gm)];
  const chapters = [
    ...read(`tools/docs/content/${language}/errors.md`).matchAll(/^## HTTP (\d+): ([a-z-]+) \{#(.+)\}$/gm),
  ];
  expect(kinds.length).toBeGreaterThan(10);
  expect(chapters.map(([, status, kind, anchor]) => [kind, status, anchor])).toEqual(
    kinds.map(([, kind, status]) => [kind, status, kind]),
  );
});

test("the type of every problem leads to the page of errors", () => {
  const [, address = ""] = /^x-problem-types: (.*)$/m.exec(read("spec/openapi.yaml")) ?? [];
  expect(address).toMatch(/^https:\/\/.*\/en\/errors\.html$/);
  for (const language of languages) {
    expect(read(`tools/docs/content/${language}/errors.md`)).toContain(`"type": "${address}#bad-request"`);
  }
});

test("every interpretation that the contract marks is among the open questions", () => {
  const known = readInterpretations().flatMap(({ interpretations }) => interpretations.map(({ id }) => id));
  expect(new Set(known).size).toBe(known.length);
  const folders = ["spec", "spec/paths", "spec/schemas", "spec/responses", "spec/overlays"];
  const marked = folders.flatMap((folder) => foundIn(folder, /(?:Interpretation|Трактовка) ([A-E]\d+)/g));
  expect(marked.length).toBeGreaterThan(50);
  expect(marked.filter((id) => !known.includes(id))).toEqual([]);
});

test("the certification cases are those that the tests run", () => {
  const { provider, merchant } = readCertification();
  const ids = (cases: { id: string }[]) => cases.map(({ id }) => id);
  expect(ids(provider)).toEqual([...new Set(foundIn("test/certification", /"(P\d\d)"/g))].toSorted());
  const tested = [...foundIn("test/certification", /\b(M\d\d)\b/g), ...foundIn("test/wire", /\b(M\d\d)\b/g)];
  expect(ids(merchant).filter((id) => !tested.includes(id))).toEqual([]);
  expect(merchant).toHaveLength(39);
});

test.each(languages)("the page of the queue in %s has the policy of the package's README", (language) => {
  const row = /^\| `(\w+)`\s*\| ([\d.]+)(?:, [a-z ]+)?\s*\| ([\d.–]+)/gm;
  const rows = (path: string) => [...read(path).matchAll(row)].map((found) => found.slice(1));
  expect(rows("packages/retry-queue/README.md")).toHaveLength(12);
  expect(rows(`tools/docs/content/${language}/queue.md`)).toEqual(rows("packages/retry-queue/README.md"));
});

const changelogOf = (name: string, ...more: string[]) =>
  [`# @codegames/${name}`, "## 1.1.0", "### Minor Changes", "- abcdef0: One", "  RU: Один", ...more].join("\n\n") +
  "\n";

test("the changelog has each change once, in each language, with the packages that it concerns", () => {
  const client = changelogOf("client", "- Updated dependencies\n  - @codegames/contract@1.1.0");
  const sources = {
    changelogs: [
      { name: "client", text: client },
      { name: "server", text: changelogOf("server") },
    ],
    pending: ['---\n"@codegames/client": patch\n---\n\nTwo\n\nRU: Два\n'],
  };
  const en = "## Next release\n\n`client`: Two\n\n## 1.1.0\n\n`client`, `server`: One\n";
  const ru = "## Следующий выпуск\n\n`client`: Два\n\n## 1.1.0\n\n`client`, `server`: Один\n";
  expect(changelogIn("en", sources)).toBe(en);
  expect(changelogIn("ru", sources)).toBe(ru);
});
