import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { changelogEntries, isBilingual, nextVersion, pendingChangesets, readChangeset } from "./changesets.ts";
import { root } from "./pnpm.ts";

const names = ["codec", "command-line", "contract", "client", "server", "retry-queue", "sandbox"];
const versionOf = (name: string) =>
  (JSON.parse(readFileSync(`${root}packages/${name}/package.json`, "utf8")) as { version: string }).version;
const pending = pendingChangesets();

test("the packages have one version, and changesets keeps them together", () => {
  expect(new Set(names.map(versionOf)).size).toBe(1);
  const { fixed } = JSON.parse(readFileSync(`${root}.changeset/config.json`, "utf8")) as { fixed: string[][] };
  expect(fixed).toEqual([names.map((name) => `@codegames/${name}`)]);
});

test("the next version of the packages has MAJOR.MINOR of the contract", () => {
  const contract = /^ {2}version: (\S+)$/m.exec(readFileSync(`${root}spec/openapi.yaml`, "utf8"))?.[1] ?? "";
  const next = nextVersion(
    versionOf("contract"),
    pending.flatMap(({ bumps }) => Object.values(bumps)),
  );
  console.log(`contract ${contract}, packages ${versionOf("contract")}, after ${pending.length} changesets ${next}`);
  expect(next.replace(/\.\d+$/, ""), "see .changeset/README.md").toBe(contract.replace(/\.\d+$/, ""));
});

test("every changeset names packages, and says in English and in Russian what is new", () => {
  const wrong = pending.filter(({ bumps, text }) => Object.keys(bumps).length === 0 || !isBilingual(text));
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

const released = names.filter((name) => existsSync(`${root}packages/${name}/CHANGELOG.md`));

test.each(released)("every entry of the changelog of %s is in English and in Russian", (name) => {
  const entries = changelogEntries(readFileSync(`${root}packages/${name}/CHANGELOG.md`, "utf8"));
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.filter((entry) => !isBilingual(entry))).toEqual([]);
});

test("readChangeset() reads the packages and the text", () => {
  const { bumps, text } = readChangeset(
    "a.md",
    `---\n"@codegames/client": minor\n'@codegames/server': patch\n---\n\nNew.\n\nRU: Новое.\n`,
  );
  expect(bumps).toEqual({ "@codegames/client": "minor", "@codegames/server": "patch" });
  expect(isBilingual(text)).toBe(true);
});

test.each([
  "English only.",
  "RU: Только по-русски.",
  "English.\n\nRU: English again.",
  "English.\nRU: Не отдельный абзац.",
  "English.\n\nRU: Русский.\n\nEnglish.",
])("the text %j is not in both languages", (text) => expect(isBilingual(text)).toBe(false));

test.each([
  ["0.1.0", [], "0.1.0"],
  ["0.1.0", ["patch", "patch"], "0.1.1"],
  ["0.1.3", ["patch", "minor"], "0.2.0"],
  ["0.9.3", ["minor", "major"], "1.0.0"],
] as const)("nextVersion() of %s with %j is %s", (version, bumps, expected) => {
  expect(nextVersion(version, [...bumps])).toBe(expected);
});
