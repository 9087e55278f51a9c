import { constants } from "node:os";
import { hmac } from "@codegames/server";
import getPort, { portNumbers } from "get-port";
import { banner } from "./banner.ts";
import { type CatalogueProduct, defaultCatalogue, readCatalogue } from "./catalogue.ts";
import type { HmacKeyOption } from "./hmac-key.ts";
import { startSandbox } from "./sandbox.ts";

/** The options of the command `codegames-sandbox`. */
interface ServeOptions {
  port: number | undefined;
  adminPort: number | undefined;
  host: string;
  database: string;
  catalogue?: string | undefined;
  token: string;
  /** The key that signs, in place of the token. */
  hmac: HmacKeyOption | undefined;
  replay: boolean;
  cors: boolean;
}

/** Runs a sandbox until SIGINT or SIGTERM. */
export async function serveUntilSignalled(options: ServeOptions): Promise<void> {
  const { host, database, token, hmac: key, replay, cors, catalogue } = options;
  const port = await freePort(options.port, 4020, host);
  const sandbox = await startSandbox({
    port,
    host,
    database,
    replay,
    cors,
    catalogue: catalogue === undefined ? defaultCatalogue : readUsersCatalogue(catalogue),
    adminPort: await freePort(options.adminPort, 4021, "127.0.0.1", port),
    tokens: { [token]: "shop-1", "sandbox-2": "shop-2" },
    ...(key && { auth: hmac({ [key.keyId]: { merchant: "shop-1", secret: key.secret } }) }),
    onRefused: ({ reason, detail }, { operationId }) => console.error(`${operationId} refused: ${reason}: ${detail}`),
    onError: (error) => console.error(error instanceof Error ? error.message : error),
  });
  const { url, adminUrl } = sandbox;
  console.log(banner({ url, adminUrl, credentials: key ?? { token }, hasMagic: catalogue === undefined }));
  await signalled();
  // Whoever does not want to wait for the calls under way asks a second time.
  void signalled().then((signal) => process.exit(128 + constants.signals[signal]));
  await sandbox.close();
}

function signalled(): Promise<"SIGINT" | "SIGTERM"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(signal));
  });
}

/** A fault of the file is the user's, and no bug of the sandbox, as a `TypeError` would say. */
function readUsersCatalogue(file: string): CatalogueProduct[] {
  try {
    return readCatalogue(file);
  } catch (error) {
    throw new Error((error as Error).message, { cause: error });
  }
}

/** A requested port is used as it is. The usual port gives way to the next free one. */
async function freePort(wanted: number | undefined, usual: number, host: string, taken?: number): Promise<number> {
  if (wanted !== undefined) return wanted;
  return getPort({ host, port: portNumbers(usual, usual + 100), ...(taken !== undefined && { exclude: [taken] }) });
}
