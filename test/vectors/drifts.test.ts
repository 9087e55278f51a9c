import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { makeAdversarial } from "./adversarial.ts";
import type { Answer, Judgement } from "./answer.ts";
import { clientJudge } from "./client.ts";
import { makeDrifts } from "./drift.ts";
import { mutate } from "./mutate.ts";
import { judgeAll, python } from "./python.ts";
import { Random } from "./random.ts";

const seed = 20_261_127;
const timeout = 300_000;
if (!python) console.log("Skipped: reader.py needs a python3 from 3.9 on in PATH");

/** What a reader is asked to judge. */
type Judge = (answers: readonly Answer[]) => Promise<Judgement[]>;

const byClient: Judge = async (answers) => {
  const judge = clientJudge("unique");
  const found: Judgement[] = [];
  for (const answer of answers) found.push(await judge(answer));
  return found;
};

/** Answers about which a reader is wrong, as people can read them. */
function findWrong(answers: readonly Answer[], found: readonly object[], expected: readonly object[]): object[] {
  return answers.flatMap((answer, at) =>
    isDeepStrictEqual(found[at], expected[at])
      ? []
      : [{ ...answer, body: Buffer.from(answer.body).toString("latin1"), expected: expected[at], found: found[at] }],
  );
}

const readers: [name: string, judge: Judge][] = [
  ["client", byClient],
  ["reader in Python", judgeAll],
];

describe.each(readers)("the %s", { timeout }, (name, judge) => {
  const isLeftOut = name !== "client" && !python;

  test.skipIf(isLeftOut)("M35 M36 M37 D17 D18 D19 C13 takes 20,000 drifted answers as they were meant", async () => {
    const drifts = makeDrifts(seed, 20_000);
    const answers = drifts.map(({ answer }) => answer);
    const meant = drifts.map((drift) => drift.meant);
    const wrong = findWrong(answers, await judge(answers), meant);
    const counts = Object.entries(Object.groupBy(meant, ({ money }) => money)).map(
      ([money, of]) => `${of.length} ${money}`,
    );
    console.log(`${name}: ${drifts.length - wrong.length} of ${drifts.length} as meant: ${counts.join(", ")}`);
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test.skipIf(isLeftOut)("M38 C3 C5 C8 C13 D10 D16 D17 delivers and refunds on no adversarial answer", async () => {
    const adversarial = makeAdversarial(seed, 100);
    const answers = adversarial.map(({ answer }) => answer);
    const found = (await judge(answers)).map(({ outcome, reason, money, keepsBody }) => ({
      outcome,
      reason,
      money,
      keepsBody,
    }));
    const wrong = findWrong(
      answers,
      found,
      adversarial.map(({ expected }) => expected),
    );
    console.log(`${name}: ${adversarial.length - wrong.length} of ${adversarial.length} adversarial answers withstood`);
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

/** Whether a judgement says more than the provider meant: a success or a refusal that is none. */
const saysMore = (found: Judgement, meant: Judgement) => found.outcome !== "unknown" && found.outcome !== meant.outcome;

describe("a drifted answer that breaks on its way", { timeout }, () => {
  test("C3 and is cut at any byte is never read as more than it was meant", async () => {
    const drifts = makeDrifts(seed + 1, 200);
    const cuts = drifts.flatMap(({ answer, meant }) =>
      Array.from(answer.body, (_, at) => ({ meant, answer: { ...answer, body: answer.body.subarray(0, at) } })),
    );
    const found = await byClient(cuts.map(({ answer }) => answer));
    console.log(`${cuts.length} cuts of ${drifts.length} drifted answers`);
    expect(cuts.filter(({ meant }, at) => saysMore(found[at]!, meant))).toEqual([]);
  });

  const mutations = makeDrifts(seed + 2, 10_000);
  const random = new Random(seed);
  const mutated = mutations.map(({ answer }) => ({ ...answer, body: mutate(answer.body, random) }));

  test("C3 10,000 with changed, removed and added bytes are never read as more than they were meant", async () => {
    const found = await byClient(mutated);
    const decided = found.filter(({ outcome }) => outcome !== "unknown").length;
    console.log(`${mutated.length} mutations of drifted answers, ${decided} of them still decided`);
    expect(mutations.filter(({ meant }, at) => saysMore(found[at]!, meant)).map(({ answer }) => answer)).toEqual([]);
  });

  test.skipIf(!python)(
    "C3 10,000 with random bytes changed decide the same for client and reader in Python",
    async () => {
      const decided = ({ outcome, money, reads, ...rest }: Judgement) =>
        outcome === "unknown" ? { outcome } : { outcome, money, reads, deviations: rest.deviations };
      const [client, reader] = await Promise.all([byClient(mutated), judgeAll(mutated)]);
      expect(findWrong(mutated, client.map(decided), reader.map(decided)).slice(0, 5)).toEqual([]);
    },
  );
});
