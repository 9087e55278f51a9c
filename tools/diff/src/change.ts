/** What a change demands of the next version. */
export type Impact = "major" | "minor" | "patch";

export const impacts: readonly Impact[] = ["major", "minor", "patch"];

/** One difference between two releases of the contract. */
export interface Change {
  /** JSON Pointer into the bundled contract: the new one, or the old one when the place is gone. */
  pointer: string;
  impact: Impact;
  /** The rule that rates it: one of redocly's, or one of `protocol-rules.ts`. */
  rule: string;
  why: string;
}

/** What all the changes together demand; undefined when nothing has changed. */
export const impactOf = (changes: readonly Change[]): Impact | undefined => impacts.find((each) => changes.some(({ impact }) => impact === each));
