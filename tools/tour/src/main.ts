import { runCommand } from "@codegames/command-line";

const help = `tour: calls every example of the contract, and settles a purchase whose pay is never answered

  npm start   installs, lints the contract, generates and builds before the tour
  --help      this text

Exit codes: 0 everything came out as the contract says, 1 something did not, 2 wrong use.
`;

process.exitCode = await runCommand({
  name: "tour",
  call: "npm start --",
  help,
  node: "24",
  options: {},
  async run() {
    const { callEveryExample } = await import("./call-every-example.ts");
    const { buyWithoutAnswer } = await import("./buy-without-answer.ts");
    return (await callEveryExample()) && (await buyWithoutAnswer()) ? 0 : 1;
  },
});
