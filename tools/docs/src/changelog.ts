import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Language } from "./language.ts";
import { packages } from "./pages.ts";

const root = new URL("../../../", import.meta.url);

export interface ChangelogSources {
  /** The `CHANGELOG.md` of each package that has one. */
  changelogs: { name: string; text: string }[];
  /** The changesets that no release contains yet. */
  pending: string[];
}

/** Reads the changelogs and the pending changesets of the repository. */
export function readChangelogs(): ChangelogSources {
  const changelogs = packages
    .map(({ name }) => ({ name, file: new URL(`packages/${name}/CHANGELOG.md`, root) }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => ({ name, text: readFileSync(file, "utf8") }));
  const folder = new URL(".changeset/", root);
  const pending = readdirSync(folder)
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .toSorted()
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
  return { changelogs, pending };
}

interface Entry {
  /** The version, or the title of the next release. */
  version: string;
  /** The package that the entry is from. */
  name: string;
  /** The English text, then the Russian one after `RU: `. */
  text: string;
}

/** Merges the changelogs, as all packages share their versions, and puts the next release on top. */
export function changelogIn(language: Language, { changelogs, pending }: ChangelogSources): string {
  const next = { en: "Next release", ru: "Следующий выпуск" }[language];
  const entries = [
    ...pending.flatMap((changeset) => entriesOfChangeset(changeset, next)),
    ...changelogs.flatMap(({ name, text }) => entriesOfChangelog(name, text)),
  ];
  const versions = new Map<string, Map<string, { text: string; names: string[] }>>();
  for (const { version, name, text } of entries) {
    const [en = "", ru = en] = text
      .replaceAll(/\n[ \t]+/g, "\n")
      .split(/\n+RU: /)
      .map((part) => part.trim());
    const changes = versions.get(version) ?? new Map<string, { text: string; names: string[] }>();
    const { names } = changes.get(en) ?? { names: [] };
    versions.set(version, changes.set(en, { text: { en, ru }[language], names: [...names, `\`${name}\``] }));
  }
  const chapters = [...versions].map(([version, changes]) => {
    const paragraphs = [...changes.values()].map(({ text, names }) => `${names.join(", ")}: ${text}\n`);
    return `## ${version}\n\n${paragraphs.join("\n")}`;
  });
  return chapters.join("\n");
}

function entriesOfChangeset(changeset: string, version: string): Entry[] {
  const [, front = "", text = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(changeset) ?? [];
  const names = [...front.matchAll(/^["']?@codegames\/([\w-]+)["']?:/gm)].map(([, name = ""]) => name);
  return names.map((name) => ({ version, name, text }));
}

function entriesOfChangelog(name: string, changelog: string): Entry[] {
  return changelog
    .split(/^## /m)
    .slice(1)
    .flatMap((release) => {
      const [version = ""] = release.split("\n", 1);
      const items = release
        .split(/^- /m)
        .slice(1)
        .map((item) => item.split(/^#/m)[0] ?? "");
      return items
        .filter((item) => !item.startsWith("Updated dependencies"))
        .map((item) => ({ version, name, text: item.replace(/^[0-9a-f]{7,40}: /, "") }));
    });
}
