import type { Impact } from "./change.ts";

type Version = [major: number, minor: number, patch: number];

/**
 * Reads a version such as `1.2.3`.
 *
 * @throws {TypeError} When it is anything else, a prerelease included: no rule here orders those.
 */
export function readVersion(text: unknown): Version {
  const parts = typeof text === "string" && /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text);
  if (!parts) throw new TypeError(`info.version must be MAJOR.MINOR.PATCH, is ${JSON.stringify(text)}`);
  return parts.slice(1).map(Number) as Version;
}

/**
 * The lowest version that may follow `released` after changes of this impact. After 1.4.2: 2.0.0 for major, 1.5.0 for
 * minor, 1.4.3 for patch. After 0.4.2: 0.5.0, 0.5.0 and 0.4.3, because below 1.0 a minor version may break its users
 * (Semantic Versioning, 4).
 */
export function leastVersion(released: string, impact: Impact | undefined): string {
  const [major, minor, patch] = readVersion(released);
  if (impact === "major" && major > 0) return `${major + 1}.0.0`;
  if (impact === "major" || impact === "minor") return `${major}.${minor + 1}.0`;
  return impact === "patch" ? `${major}.${minor}.${patch + 1}` : released;
}

/** Whether `version` equals `least` or is later. */
export function isAtLeast(version: string, least: string): boolean {
  const [majorDifference, minorDifference, patchDifference] = subtract(readVersion(version), readVersion(least));
  return (majorDifference || minorDifference || patchDifference) >= 0;
}

const subtract = (a: Version, b: Version): Version => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
