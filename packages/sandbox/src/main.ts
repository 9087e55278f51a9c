#!/usr/bin/env node
import { parseArgs } from "node:util";
import getPort, { portNumbers } from "get-port";
import { defaultCatalogue, readCatalogue } from "./catalogue.ts";
import { magicProducts, slowProduct } from "./fault.ts";
import { startSandbox } from "./sandbox.ts";

const help = `codegames-sandbox: a provider with state and with faults on demand, until Ctrl-C

  --port PORT         of the hub (default 4020, or the next free one)
  --admin-port PORT   of the admin API, on loopback (default 4021, or the next free one)
  --host HOST         address of the hub (default 127.0.0.1)
  --database WHERE    :memory: (default), a SQLite file, or a URL of PostgreSQL
  --catalogue FILE    products to begin with, as JSON (default: built in)
  --token TOKEN       bearer token of the merchant shop-1 (default sandbox)
  --replay            answer an exact repeat of a pay like the first time, not with TXN_DUPLICATE
  --help              this text

Exit codes: 0 ended, 1 could not start, 2 wrong use.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    console.error(`codegames-sandbox: ${options}; see codegames-sandbox --help`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  try {
    const catalogue = options.catalogue === undefined ? defaultCatalogue : readCatalogue(options.catalogue);
    const port = await freePort(options.port, 4020, options.host);
    const sandbox = await startSandbox({
      port, host: options.host, database: options.database, catalogue, replay: options.replay,
      adminPort: await freePort(options["admin-port"], 4021, "127.0.0.1", port),
      tokens: { [options.token]: "shop-1", "sandbox-2": "shop-2" },
      onError: (error) => console.error(error instanceof Error ? error.message : error),
    });
    console.log(banner(sandbox, options.token, options.catalogue === undefined));
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
    });
    await sandbox.close();
    return 0;
  } catch (error) {
    console.error(`codegames-sandbox: ${(error as Error).message}`);
    return 1;
  }
}

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"),
      options: {
        port: { type: "string" },
        "admin-port": { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        database: { type: "string", default: ":memory:" },
        catalogue: { type: "string" },
        token: { type: "string", default: "sandbox" },
        replay: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    for (const name of ["port", "admin-port"] as const) {
      const port = values[name];
      if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) return `--${name} must be a whole number from 0 to 65535, is "${port}"`;
    }
    return values;
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "wrong options";
  }
}

/** A port that was asked for is taken or refused; the usual one gives way. */
async function freePort(wanted: string | undefined, usual: number, host: string, taken?: number): Promise<number> {
  if (wanted !== undefined) return Number(wanted);
  return getPort({ host, port: portNumbers(usual, usual + 100), ...(taken !== undefined && { exclude: [taken] }) });
}

function banner({ url, adminUrl }: { url: string; adminUrl: string }, token: string, hasMagic: boolean): string {
  const rows = [...magicProducts, slowProduct].map(({ id, name }) => `  ${id}  ${name}`).join("\n");
  return `
The hub is at ${url}, the admin API at ${adminUrl}. Ctrl-C ends both. Try:

  curl -s ${url}/pay -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"product_id":1,"price":50000,"txn_id":"A-1"}'
  curl -s ${url}/status -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"txn_id":"A-1"}'
  curl -s ${adminUrl}/ledger
  curl -s ${adminUrl}/faults -d '{"operation":"pay","kind":"http-503","times":2}'
${hasMagic ? `\nProducts whose purchase goes wrong, each at the price of 50000:\n\n${rows}\n` : ""}`;
}
