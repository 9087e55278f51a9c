import { type Kind, kinds } from "./adversarial-kinds.ts";
import type { Answer } from "./answer.ts";
import { makeDrift } from "./drift.ts";
import { Random } from "./random.ts";

/** One answer of a kind, and what a reader must make of it. */
export interface Adversarial {
  kind: string;
  answer: Answer;
  expected: Kind["expected"];
}

/** So many answers of each kind, the same for the same seed. */
export function makeAdversarial(seed: number, siblings: number): Adversarial[] {
  const random = new Random(seed);
  return kinds.flatMap(({ name, operation, isSold, change, alter, expected }, at) =>
    Array.from({ length: siblings }, (_, sibling) => {
      const { answer } = makeDrift(random, at * siblings + sibling, operation, isSold, (members, sale) =>
        change?.(members, random, sale),
      );
      alter?.(answer, random);
      return { kind: name, answer, expected };
    }),
  );
}
