import { runCommand, wholeNumber } from "@codegames/command-line";

const help = `simulate: runs the retry queue under a seeded clock, network, provider and database, with crashes

  SEED              runs one seed again, and prints each step
  --count N         runs N seeds from SEED on (default 1), and prints those that break a promise
  --bail            ends with the first broken promise
  --help            this text

Exit codes: 0 every promise was kept, 1 one was broken, 2 wrong use.
`;

const exitCode = await runCommand({
  name: "simulate",
  call: "npm run simulate --",
  help,
  node: "24",
  options: { count: { type: "string", default: "1" }, bail: { type: "boolean", default: false } },
  hasArguments: true,
  run({ count, bail }, args) {
    const [seed = "0"] = args.filter((arg) => arg !== "--");
    const most = Number.MAX_SAFE_INTEGER;
    return runSeeds(wholeNumber("SEED", seed, 0, most), wholeNumber("--count", count, 1, most), bail);
  },
});
// pg-boss and the database in memory would keep the process alive.
process.exit(exitCode);

async function runSeeds(seed: number, count: number, isBailing: boolean): Promise<number> {
  const { openSimDatabase } = await import("./sim-database.ts");
  const { simulate } = await import("./simulate.ts");
  const database = await openSimDatabase();
  const startedAt = performance.now();
  const crashes = new Map<string, number>();
  let broken = 0;
  let operations = 0;
  for (let each = seed; each < seed + count; each++) {
    const run = await simulate(database, each, count === 1 ? console.log : undefined);
    for (const violation of run.violations) console.log(`seed ${each}: ${violation}`);
    if (run.violations.length > 0) broken++;
    if (isBailing && broken > 0) return 1;
    operations += run.operations;
    for (const place of run.crashes) crashes.set(place, (crashes.get(place) ?? 0) + 1);
  }
  const times = [...crashes.values()].reduce((sum, each) => sum + each, 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const shared = [...crashes].reduce((sum, [place, each]) => sum + (place.includes("SAVEPOINT") ? each : 0), 0);
  const places = `${times} crashes at ${crashes.size} different awaits (${shared} within a shared settlement)`;
  console.log(`${count} seeds, ${operations} operations, ${places}, ${broken} broken, in ${seconds} s`);
  return broken > 0 ? 1 : 0;
}
