import type { Impact } from "./change.ts";

type Version = [major: number, minor: number, patch: number];

/** Reads `1.2.3`; throws a `TypeError` for anything else, because nothing can be demanded of it. */
export function readVersion(text: unknown): Version {
  const parts = typeof text === "string" && /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text);
  if (!parts) throw new TypeError(`info.version must be MAJOR.MINOR.PATCH, is ${JSON.stringify(text)}`);
  return parts.slice(1).map(Number) as Version;
}

/**
 * The least version that may follow `released` with changes of this impact: after 1.4.2 it is 2.0.0, 1.5.0 or 1.4.3, and
 * after 0.4.2, where a minor version may break (Semantic Versioning, 4), 0.5.0, 0.5.0 or 0.4.3.
 */
export function leastVersion(released: string, impact: Impact | undefined): string {
  const [major, minor, patch] = readVersion(released);
  if (impact === "major" && major > 0) return `${major + 1}.0.0`;
  if (impact === "major" || impact === "minor") return `${major}.${minor + 1}.0`;
  return impact === "patch" ? `${major}.${minor}.${patch + 1}` : released;
}

/** Whether `version` is `least` or later. */
export function isAtLeast(version: string, least: string): boolean {
  const wanted = readVersion(least);
  const difference = readVersion(version).map((part, index) => part - wanted[index]!).find((each) => each !== 0) ?? 0;
  return difference >= 0;
}
