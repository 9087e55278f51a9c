import { openWorld, simulate } from "./simulate.ts";

const help = `simulate: runs the retry queue under a seeded clock, network, provider and database, with crashes

  SEED              replays one seed, and prints what happened
  --count N         runs so many seeds from SEED on (default 1), and prints those that break a promise
  --bail            ends with the first of these
  --help            this text

Exit codes: 0 every promise was kept, 1 one was not, 2 wrong use.
`;

// pg-boss and the database in memory would keep the process alive.
process.exit(await main(process.argv.slice(2).filter((arg) => arg !== "--")));

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(help);
    return 0;
  }
  const isBailing = args.includes("--bail");
  args = args.filter((arg) => arg !== "--bail");
  const at = args.indexOf("--count");
  const count = at < 0 ? 1 : Number(args[at + 1]);
  const [seed = 0] = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)).map(Number);
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count) || count < 1) {
    console.error(`simulate: SEED and --count must be whole numbers, are "${args.join(" ")}"; see --help`);
    return 2;
  }
  const world = await openWorld();
  const started = performance.now();
  const deaths = new Map<string, number>();
  let broken = 0;
  let operations = 0;
  for (let each = seed; each < seed + count; each++) {
    const run = await simulate(world, each, count === 1 ? console.log : undefined);
    for (const violation of run.violations) console.log(`seed ${each}: ${violation}`);
    if (run.violations.length > 0) broken++;
    if (isBailing && broken > 0) return 1;
    operations += run.operations;
    for (const place of run.deaths) deaths.set(place, (deaths.get(place) ?? 0) + 1);
  }
  const crashes = [...deaths.values()].reduce((sum, times) => sum + times, 0);
  console.log(`${count} seeds, ${operations} operations, ${crashes} crashes at ${deaths.size} different awaits, ${broken} broken, in ${Math.round((performance.now() - started) / 1000)} s`);
  return broken > 0 ? 1 : 0;
}
