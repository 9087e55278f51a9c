/** Rolling restarts behind proxies: see `--help`. */
import { oneOf, runCommand, wholeNumber } from "@codegames/command-line";

const help = `gentle: restarts two providers on PostgreSQL in turn, behind nginx and haproxy and under load, and says
what became of every pay; the proxies run the configurations of packages/server/README.md

  --restarts N      restarts behind each proxy (default 10)
  --rate N          pays a second (default 200)
  --proxy NAME      nginx or haproxy (default: one after the other)
  --end HOW         gently or at-once (default gently): at once is process.exit() at SIGTERM, to compare with
  --help            this text

A proxy that is neither in PATH nor in the folder that PROXY_FOLDER names is left out.

Exit codes: 0 no pay is unknown but those that a proxy itself refused, 1 some are or a run failed, 2 wrong use.
`;

const exitCode = await runCommand({
  name: "gentle",
  call: "npm run gentle --",
  help,
  node: "24",
  options: {
    restarts: { type: "string", default: "10" },
    rate: { type: "string", default: "200" },
    proxy: { type: "string" },
    end: { type: "string", default: "gently" },
  },
  async run(values) {
    const { proxyNames } = await import("./proxies.ts");
    return runBehind(
      values.proxy === undefined ? proxyNames : [oneOf("--proxy", values.proxy, [...proxyNames])],
      wholeNumber("--restarts", values.restarts, 1, 1000),
      wholeNumber("--rate", values.rate, 1, 2000),
      oneOf("--end", values.end, ["gently", "at-once"]),
    );
  },
});
// Everything is done; whatever is still referenced must not keep the process alive.
process.exit(exitCode);

async function runBehind(
  names: readonly ("nginx" | "haproxy")[],
  restarts: number,
  paysPerSecond: number,
  end: "gently" | "at-once",
): Promise<number> {
  const { findProxy, whyLeftOut } = await import("./proxies.ts");
  const { runRollingRestart, isSound, printReport } = await import("./rolling-restart.ts");
  const { newDatabase, startDatabase } = await import("@codegames/database");
  const server = await startDatabase();
  let exitCode = 0;
  for (const proxy of names) {
    const file = findProxy(proxy);
    if (!file) {
      console.log(whyLeftOut(proxy));
      continue;
    }
    const database = await newDatabase(server.url);
    const report = await runRollingRestart({ proxy, file, database, restarts, paysPerSecond, end });
    console.log(printReport({ proxy, end, restarts, paysPerSecond }, report));
    if (!isSound(report)) exitCode = 1;
  }
  await server.stop();
  return exitCode;
}
