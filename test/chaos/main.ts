/** Chaos with real processes: see `--help`. */
import { parseArgs } from "node:util";
import { type Plan, runChaos } from "./chaos.ts";
import { tableOf } from "./print.ts";

const help = `chaos: kills workers of the retry queue and their database under load, and compares what each party has seen

  --operations N          through PostgreSQL (default 20000)
  --kills N               kill -9 of a worker there (default 300)
  --restarts N            immediate restarts of PostgreSQL (default 20)
  --folder-operations N   through PGlite in a folder (default 1000)
  --folder-kills N        kill -9 of the worker there (default 50)
  --only WHAT             postgres or folder (default: one after the other)
  --seed N                of the orders, the faults and the moments (default: another one each time); processes have a timing of their own
  --help                  this text

Exit codes: 0 everything holds, 1 something is violated or could not run, 2 wrong use.
`;

const ranges = { operations: [300, 1_000_000], kills: [0, 10_000], restarts: [0, 1000], "folder-operations": [50, 100_000], "folder-kills": [0, 1000], seed: [0, 2 ** 32 - 1] } as const;
const defaults = { operations: 20_000, kills: 300, restarts: 20, "folder-operations": 1000, "folder-kills": 50, seed: Math.floor(Math.random() * 2 ** 32) };

// All of its processes have ended by now; nothing that is still referenced is waited for.
process.exit(await main());

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    console.error(`chaos: ${options}; see --help`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  const { numbers, only } = options;
  const { seed } = numbers;
  console.log(`seed ${seed}`);
  const plans: Omit<Plan, "print">[] = [
    { on: "postgres", operations: numbers.operations, workers: 3, kills: numbers.kills, restarts: numbers.restarts, outages: 20, attempts: 20, seed, hastens: false },
    { on: "folder", operations: numbers["folder-operations"], workers: 1, kills: numbers["folder-kills"], restarts: 0, outages: 5, attempts: 20, seed, hastens: false },
  ];
  let isSound = true;
  for (const plan of plans.filter(({ on }) => !only || on === only)) {
    try {
      const verdict = await runChaos({ ...plan, print: (line) => console.log(`${plan.on}  ${line}`) });
      console.log(`${tableOf(plan, verdict).join("\n")}\n`);
      isSound &&= verdict.violations.length === 0 && verdict.wrongs.length === 0;
    } catch (error) {
      console.error("chaos: the run broke off:", error);
      isSound = false;
    }
  }
  if (!isSound) console.log(`violated; seed ${seed}`);
  return isSound ? 0 : 1;
}

function readOptions(args: string[]) {
  try {
    const number = { type: "string" } as const;
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"),
      options: {
        operations: number, kills: number, restarts: number, "folder-operations": number, "folder-kills": number, seed: number, only: number,
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const numbers = { ...defaults };
    for (const [name, [least, most]] of Object.entries(ranges) as [keyof typeof ranges, [number, number]][]) {
      const given = values[name];
      if (given === undefined) continue;
      if (!/^\d+$/.test(given) || Number(given) < least || Number(given) > most) return `--${name} must be a whole number from ${least} to ${most}, is "${given}"`;
      numbers[name] = Number(given);
    }
    const { only, help } = values;
    if (only !== undefined && only !== "postgres" && only !== "folder") return `--only must be postgres or folder, is "${only}"`;
    return { numbers, only, help };
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "wrong options";
  }
}
