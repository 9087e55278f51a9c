import { afterAll, beforeAll, expect, test } from "vitest";
import { faults, LastKeyProvider } from "./last-key-provider.ts";
import { bundlePlayers, runtimes } from "./runtimes.ts";

const provider = new LastKeyProvider();
const purchases = faults.flatMap((fault) => [1, 2, 3].map((number) => `${fault}/${number}`));
let baseUrl: string;

beforeAll(async () => {
  await bundlePlayers();
  baseUrl = await provider.listen();
});

afterAll(() => provider.close());

for (const { name, play } of runtimes) {
  if (!play) console.log(`Skipped: npm has no ${name} for ${process.platform} ${process.arch}`);
}

test.each(runtimes.filter(({ play }) => play))(
  "RW23 A10 C11 $name: a pay that bought the last key and got no answer is one request or unknown",
  async ({ play, reusesConnections, repeats }) => {
    provider.forget();
    const played = await play!(baseUrl, purchases);
    expect(played.map(({ purchase, check, pay }) => `${purchase} ${check} ${pay}`)).toEqual(
      purchases.map((purchase) => `${purchase} succeeded unknown`),
    );
    for (const fault of faults) {
      const seen = [1, 2, 3].map((number) => provider.seen(`${fault}/${number}`));
      expect(
        seen.map(({ pays }) => pays),
        fault,
      ).toEqual(repeats ? [2, 2, 2] : [1, 1, 1]);
      expect(
        seen.some(({ isReused }) => isReused),
        `${fault} on a reused connection`,
      ).toBe(reusesConnections);
    }
  },
);
