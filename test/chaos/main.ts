/** Chaos with real processes: see `--help`. */
import { oneOf, runCommand, wholeNumber } from "@codegames/command-line";
import type { Plan } from "./chaos.ts";

const help = `chaos: kills workers of the retry queue and their database under load, and compares the logs

  --operations N          operations on PostgreSQL (default 20000)
  --kills N               kill -9 of a worker on PostgreSQL (default 300)
  --restarts N            immediate restarts of PostgreSQL (default 20)
  --folder-operations N   operations on PGlite in a folder (default 1000)
  --folder-kills N        kill -9 of the worker on the folder (default 50)
  --only WHAT             postgres or folder (default: one after the other)
  --seed N                decides the orders, the faults and their moments (default: random); processes keep their
                          own timing
  --help                  this text

Exit codes: 0 every rule holds, 1 a rule is broken or a run failed, 2 wrong use.
`;

const ranges = {
  operations: [300, 1_000_000],
  kills: [0, 10_000],
  restarts: [0, 1000],
  "folder-operations": [50, 100_000],
  "folder-kills": [0, 1000],
  seed: [0, 2 ** 32 - 1],
} as const;

const exitCode = await runCommand({
  name: "chaos",
  call: "npm run chaos --",
  help,
  node: "24",
  options: {
    operations: { type: "string", default: "20000" },
    kills: { type: "string", default: "300" },
    restarts: { type: "string", default: "20" },
    "folder-operations": { type: "string", default: "1000" },
    "folder-kills": { type: "string", default: "50" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    only: { type: "string" },
  },
  run(values) {
    const number = (name: keyof typeof ranges) => {
      const [least, most] = ranges[name];
      return wholeNumber(`--${name}`, values[name], least, most);
    };
    const only = values.only === undefined ? undefined : oneOf("--only", values.only, ["postgres", "folder"]);
    const common = { attempts: 20, seed: number("seed"), skipsLeaseWait: false };
    const plans: Omit<Plan, "print">[] = [
      {
        ...common,
        on: "postgres",
        operations: number("operations"),
        workers: 3,
        kills: number("kills"),
        restarts: number("restarts"),
        outages: 20,
      },
      {
        ...common,
        on: "folder",
        operations: number("folder-operations"),
        workers: 1,
        kills: number("folder-kills"),
        restarts: 0,
        outages: 5,
      },
    ];
    return runPlans(plans.filter(({ on }) => !only || on === only));
  },
});
// Everything is done; whatever is still referenced must not keep the process alive.
process.exit(exitCode);

async function runPlans(plans: Omit<Plan, "print">[]): Promise<number> {
  const { runChaos } = await import("./chaos.ts");
  const { tableOf } = await import("./print.ts");
  const seed = plans[0]?.seed;
  console.log(`seed ${seed}`);
  let isSound = true;
  for (const plan of plans) {
    try {
      const verdict = await runChaos({ ...plan, print: (line) => console.log(`${plan.on}  ${line}`) });
      console.log(`${tableOf(plan, verdict).join("\n")}\n`);
      isSound &&= verdict.violations.length === 0 && verdict.errors.length === 0;
    } catch (error) {
      console.error("chaos: the run broke off:", error);
      isSound = false;
    }
  }
  if (!isSound) console.log(`violated; seed ${seed}`);
  return isSound ? 0 : 1;
}
