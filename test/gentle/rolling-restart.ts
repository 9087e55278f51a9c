import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import getPort from "get-port";
import { findFaults } from "./judge.ts";
import { type Pay, payOnce } from "./load.ts";
import { loadProvider, type ProviderInput, type ProviderProcess, startProvider } from "./provider-process.ts";
import { type ProxyName, readConfiguration, startProxy } from "./proxies.ts";
import { readSoldKeys } from "./sold-keys.ts";

/** One run: two providers on one database behind a proxy, restarted in turn. */
export interface Plan {
  proxy: ProxyName;
  /** The proxy's program. */
  file: string;
  /** A URL of PostgreSQL. */
  database: string;
  restarts: number;
  paysPerSecond: number;
  /** How the providers end; `at-once` also leaves out the time in which `/health` says 503. */
  end: ProviderInput["end"];
  /** The proxy's configuration. @default that of the README */
  configuration?: string;
}

/** How a pay ended for the merchant. */
export type Class = "ok" | "503 of the provider" | "5xx of the proxy" | "connection broken" | "other";

/** What became of all pays, and what contradicts it. */
export interface Report {
  pays: number;
  /** For each class, how many pays, and how many of them were sold. */
  classes: Record<Class, { count: number; sold: number }>;
  /** Answers or statuses that contradict the table of sold keys. */
  faults: string[];
}

/** For so long after SIGTERM a provider goes on, while its health check fails; the README's number. */
const unhealthyMs = 2000;

/** Restarts the providers in turn while pays come at a steady rate, and compares all pays with what was sold. */
export async function runRollingRestart(plan: Plan): Promise<Report> {
  const { proxy, file, database, end, restarts, configuration = readConfiguration(proxy) } = plan;
  const input = { database, end, basePath: "/api", findMs: 100, unhealthyMs: end === "gently" ? unhealthyMs : 0 };
  const providers = await Promise.all([0, 0].map((port) => startProvider({ ...input, port })));
  const [one, two] = providers as [ProviderProcess, ProviderProcess];
  const port = await getPort({ host: "127.0.0.1" });
  const running = await startProxy(proxy, file, { proxy: port, providers: [one.port, two.port] }, configuration);
  try {
    const load = new SteadyLoad(port, plan.paysPerSecond);
    await setTimeout(1000);
    for (let restart = 0; restart < restarts; restart++) {
      const index = restart % 2;
      const old = providers[index]!;
      const next = loadProvider({ ...input, port: old.port });
      await old.end();
      providers[index] = await next.start();
      await setTimeout(2000);
    }
    return await reportOn(await load.stop(), database, one.port);
  } finally {
    await running.end();
    for (const provider of providers) provider.kill();
  }
}

/** Pays at a rate, whether or not the earlier ones are answered. */
class SteadyLoad {
  readonly #pays: Promise<Pay>[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #timer: NodeJS.Timeout;

  constructor(port: number, perSecond: number) {
    const startedAtMs = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAtMs) * perSecond) / 1000;
      while (this.#pays.length < due) this.#pays.push(payOnce(port, "/api/pay", this.#agent));
    }, 5);
  }

  /** Waits for the last answers. */
  async stop(): Promise<Pay[]> {
    clearInterval(this.#timer);
    const pays = await Promise.all(this.#pays);
    this.#agent.destroy();
    return pays;
  }
}

async function reportOn(pays: readonly Pay[], database: string, port: number): Promise<Report> {
  const soldKeys = await readSoldKeys(database);
  const sold = new Set(soldKeys.map(({ txn_id }) => txn_id));
  const none = () => ({ count: 0, sold: 0 });
  const classes: Report["classes"] = {
    ok: none(),
    "503 of the provider": none(),
    "5xx of the proxy": none(),
    "connection broken": none(),
    other: none(),
  };
  for (const pay of pays) {
    const row = classes[classOf(pay)];
    row.count++;
    if (sold.has(pay.txnId)) row.sold++;
  }
  return { pays: pays.length, classes, faults: await findFaults(pays, soldKeys, port, "/api/status") };
}

/** The provider's own answers are JSON; those of a proxy are pages. */
function classOf({ outcome, code, body, headers }: Pay): Class {
  if (outcome !== "answered") return "connection broken";
  if (code === 200 && body?.status === "OK") return "ok";
  if (code === 503 && headers["content-type"] === "application/problem+json") return "503 of the provider";
  return code >= 502 && code <= 504 && !body ? "5xx of the proxy" : "other";
}

/** Whether no pay is unknown to the merchant but those that the proxy itself refused, and of these none is sold. */
export const isSound = ({ classes, faults }: Report): boolean =>
  faults.length === 0 &&
  classes["5xx of the proxy"].sold === 0 &&
  classes["503 of the provider"].count + classes["connection broken"].count + classes.other.count === 0;

/** The run in one line, and a line for each contradiction. */
export function printReport(plan: Omit<Plan, "file" | "database">, { pays, classes, faults }: Report): string {
  const list = Object.entries(classes).map(
    ([name, { count, sold }]) => `${count} ${name}${name !== "ok" && count > 0 ? ` (${sold} sold)` : ""}`,
  );
  const { restarts, end, proxy, paysPerSecond } = plan;
  const head = `gentle: ${restarts} restarts ${end} behind ${proxy}, ${paysPerSecond} pays a second`;
  return [`${head}: ${pays} pays, ${list.join(", ")}`, ...faults.slice(0, 20).map((fault) => `FAULT ${fault}`)].join(
    "\n",
  );
}
