import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { makeDrifts } from "./drift.ts";
import { judgeAll, python } from "./python.ts";

const drifts = makeDrifts(20_261_127, 20_000);

if (!python) console.log("Skipped: reader.py needs a python3 from 3.9 on in PATH");

describe("20,000 drifted answers", { timeout: 120_000 }, () => {
  test.skipIf(!python)("come out of the reader in Python as they were meant", async () => {
    const judged = await judgeAll(drifts.map(({ answer }) => answer));
    const wrong = drifts.flatMap(({ answer, meant }, index) =>
      isDeepStrictEqual(judged[index], meant)
        ? []
        : [{ ...answer, body: Buffer.from(answer.body).toString("latin1"), meant, judged: judged[index] }],
    );
    console.log(`${drifts.length - wrong.length} of ${drifts.length} as meant`);
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});
