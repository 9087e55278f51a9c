import { runCommand, WrongUse } from "@codegames/command-line";
import { clientMutants } from "./client.ts";
import { codecMutants } from "./codec.ts";
import { queueMutants } from "./retry-queue.ts";
import { serverMutants } from "./server.ts";
import { systemMutants } from "./system.ts";

const names = [...codecMutants, ...clientMutants, ...queueMutants, ...serverMutants, ...systemMutants]
  .map(({ name }) => `  ${name}`)
  .join("\n");

const help = `mutants: seeds one fault after the other into a copy of a package, and expects its tests to turn red

  npm run mutants              every fault of the codec, the client, the queue and the server
  npm run mutants -- client    those of one package, or with a part of a name
  npm run mutants -- system    those that only Pact, Prism, Arazzo or the differences can see
  --help                       this text

Exit codes: 0 every fault is noticed, 1 one is not, 2 wrong use, or a fault that cannot be seeded.

The faults:

${names}
`;

process.exitCode = await runCommand({
  name: "mutants",
  call: "npm run mutants --",
  help,
  node: "24",
  options: {},
  hasArguments: true,
  async run(_, [part = "", ...surplus]) {
    if (surplus.length > 0) throw new WrongUse(`there must be one name; got also ${JSON.stringify(surplus[0])}`);
    const { runMutants } = await import("./run-mutants.ts");
    return runMutants(part);
  },
});
