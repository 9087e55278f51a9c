import { runCommand, wholeNumber } from "@codegames/command-line";

const help = `bench: measures client, server, codecs and retry queue beside their peers, in one run on one machine

  npm run bench -- [ROUNDS]         everything (default 9)
  npm run bench -- queue [ROUNDS]   the retry queue alone (default 3)
  npm run bench -- calls [ROUNDS]   the calls of the client alone (default 3)
  npm run bench -- pays [ROUNDS]    purchases through the retry queue alone (default 3)
  npm run bench -- provider [ROUNDS]
                                    the server and sellOnce alone (default 3)
  --help                            this text

Rounds alternate between the peers: requests per second of clients (each call also beside the bare fetch, and over TLS)
and of servers over loopback, decoding of one answer, shipped sizes, sales per second, and the retry queue. Medians of
rounds and ratios are printed; nothing is asserted.

Exit codes: 0 measured, 1 could not run, 2 wrong use.
`;

const exitCode = await runCommand({
  name: "bench",
  call: "npm run bench --",
  help,
  node: "24",
  options: {},
  hasArguments: true,
  async run(_, args) {
    const { runBench, runCallsBench, runPaysBench, runProviderBench, runQueueBench } = await import("./run-bench.ts");
    const parts = { calls: runCallsBench, pays: runPaysBench, provider: runProviderBench, queue: runQueueBench };
    const part = Object.entries(parts).find(([name]) => name === args[0])?.[1];
    const [rounds = part ? "3" : "9"] = part ? args.slice(1) : args;
    const count = wholeNumber("ROUNDS", rounds, 1, 1000);
    await (part ?? runBench)(count);
  },
});
// Connections of the peers would keep the process alive.
process.exit(exitCode);
