import { readdirSync, readFileSync } from "node:fs";
import { root } from "./pnpm.ts";

export type Bump = "patch" | "minor" | "major";

export interface Changeset {
  file: string;
  bumps: Record<string, Bump>;
  text: string;
}

/** The changes since the last release. */
export function pendingChangesets(): Changeset[] {
  const files = readdirSync(`${root}.changeset`).filter((file) => file.endsWith(".md") && file !== "README.md");
  return files.map((file) => readChangeset(file, readFileSync(`${root}.changeset/${file}`, "utf8")));
}

export function readChangeset(file: string, markdown: string): Changeset {
  const [, head = "", text = ""] = /^---\n(.*?)^---\n(.*)$/ms.exec(markdown) ?? [];
  const bumps = [...head.matchAll(/^["']?([^"':]+)["']?: (patch|minor|major)$/gm)].map(([, name = "", bump]) => [
    name,
    bump as Bump,
  ]);
  return { file, bumps: Object.fromEntries(bumps), text };
}

/** Whether the text is English, and its last paragraph starts with `RU: ` and is Russian. */
export function isBilingual(text: string): boolean {
  const paragraphs = text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim());
  const russian = paragraphs.pop() ?? "";
  const isEnglish = (paragraph: string) => /[a-z]/i.test(paragraph) && !paragraph.startsWith("RU: ");
  return paragraphs.length > 0 && /^RU: .*[а-яё]/i.test(russian) && paragraphs.every(isEnglish);
}

/** The next version after these bumps, by semver. */
export function nextVersion(version: string, bumps: Bump[]): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (bumps.includes("major")) return `${major + 1}.0.0`;
  if (bumps.includes("minor")) return `${major}.${minor + 1}.0`;
  return bumps.includes("patch") ? `${major}.${minor}.${patch + 1}` : version;
}

/** The entries of a changelog, without the lines about updated dependencies that changesets adds. */
export function changelogEntries(markdown: string): string[] {
  return markdown
    .split(/^(?:- |#.*$)/m)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "" && !entry.startsWith("Updated dependencies"));
}
