/** The version step that a change demands. */
export type Impact = "major" | "minor" | "patch";

/** Every impact, the gravest first. */
export const impacts: readonly Impact[] = ["major", "minor", "patch"];

/** One difference between two releases of the contract. */
export interface Change {
  /** JSON Pointer into the new bundled contract, or into the old one when the place was removed. */
  pointer: string;
  impact: Impact;
  /** The rule that rates the change: one of Redocly's, or one of `protocol-rules.ts`. */
  rule: string;
  why: string;
}

/** The gravest impact of all changes; undefined when there are none. */
export const impactOf = (changes: readonly Change[]): Impact | undefined =>
  impacts.find((each) => changes.some(({ impact }) => impact === each));
