import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Language } from "./language.ts";
import { packages } from "./pages.ts";

const root = new URL("../../../", import.meta.url);

export interface ChangelogSources {
  /** The `CHANGELOG.md` of each package that has one. */
  changelogs: { name: string; text: string }[];
  /** The changesets of what is not released. */
  pending: string[];
}

export function readChangelogs(): ChangelogSources {
  const folder = new URL(".changeset/", root);
  const files = packages.map(({ name }) => ({ name, file: new URL(`packages/${name}/CHANGELOG.md`, root) })).filter(({ file }) => existsSync(file));
  return {
    changelogs: files.map(({ name, file }) => ({ name, text: readFileSync(file, "utf8") })),
    pending: readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md").sort().map((name) => readFileSync(new URL(name, folder), "utf8")),
  };
}

/** The changelogs of all packages as one, as they share their versions; on top what the next release brings. */
export function changelogIn(language: Language, { changelogs, pending }: ChangelogSources): string {
  /** By version and English text, with the packages that it is of. */
  const versions = new Map<string, Map<string, { text: string; of: string[] }>>();
  const add = (version: string, name: string, entry: string) => {
    const [en = "", ru = en] = entry.replaceAll(/\n[ \t]+/g, "\n").split(/\n+RU: /).map((text) => text.trim());
    const changes = versions.get(version) ?? new Map<string, { text: string; of: string[] }>();
    const change = changes.get(en) ?? { text: { en, ru }[language], of: [] };
    versions.set(version, changes.set(en, { ...change, of: [...change.of, `\`${name}\``] }));
  };
  for (const changeset of pending) {
    const [, front = "", text = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(changeset) ?? [];
    for (const [, name = ""] of front.matchAll(/^["']?@codegames\/([\w-]+)["']?:/gm)) add({ en: "Next release", ru: "Следующий выпуск" }[language], name, text);
  }
  for (const { name, text } of changelogs) {
    for (const release of text.split(/^## /m).slice(1)) {
      const [version = ""] = release.split("\n", 1);
      const entries = release.split(/^- /m).slice(1).map((item) => item.split(/^#/m)[0] ?? "");
      for (const entry of entries.filter((each) => !each.startsWith("Updated dependencies"))) add(version, name, entry.replace(/^[0-9a-f]{7,40}: /, ""));
    }
  }
  return [...versions].map(([version, changes]) => `## ${version}\n\n${[...changes.values()].map(({ text, of }) => `${of.join(", ")}: ${text}\n`).join("\n")}`).join("\n");
}
