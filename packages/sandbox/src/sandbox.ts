import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import { operations } from "@codegames/contract";
import {
  answerClientError,
  type Authenticate,
  type AuthRefusal,
  type HookContext,
  bearer,
  closeGently,
  createHandler,
  type Handler,
  sellOnce,
  toNodeListener,
  type WrappedHandler,
} from "@codegames/server";
import { adminListener } from "./admin.ts";
import { type CatalogueProduct, defaultCatalogue } from "./catalogue.ts";
import { answerCors } from "./cors.ts";
import { playFault } from "./fault-player.ts";
import { FaultQueue } from "./fault-queue.ts";
import { magicProducts, slowProduct } from "./fault.ts";
import { sendLateAnswer } from "./late-answers.ts";
import { type LedgerEntry, Shop } from "./shop.ts";

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /**
   * Port of the hub; 0 takes any free one.
   *
   * @default 0
   */
  port?: number;
  /**
   * Port of the admin API, which is always on loopback; 0 takes any free one.
   *
   * @default 0
   */
  adminPort?: number;
  /**
   * Address of the hub.
   *
   * @default "127.0.0.1"
   */
  host?: string;
  /**
   * `":memory:"`, a SQLite file, or a URL of PostgreSQL.
   *
   * @default ":memory:"
   */
  database?: string;
  /**
   * The products at the start.
   *
   * @default the products of certification, and one for each fault
   */
  catalogue?: readonly CatalogueProduct[];
  /**
   * The merchant of each bearer token.
   *
   * @default { sandbox: "shop-1", "sandbox-2": "shop-2" }
   */
  tokens?: Readonly<Record<string, string>>;
  /** Authenticates merchants in place of `tokens`. */
  auth?: Authenticate;
  /**
   * Whether an exact repeat of a pay gets its first answer instead of `TXN_DUPLICATE` (interpretation A5).
   *
   * @default false
   */
  replay?: boolean;
  /**
   * Whether pages of any origin may call the hub from a browser, with credentials in its headers (CORS). The admin API
   * never lets a page in.
   *
   * @default false
   */
  cors?: boolean;
  /**
   * Time after which a pay that a crash left undecided is decided, in milliseconds.
   *
   * @default 5000
   */
  leaseMs?: number;
  /** Called with the reason of each HTTP 401, which the answer does not show. */
  onRefused?: (refusal: AuthRefusal, context: HookContext) => void;
  /** Called with the error behind an HTTP 500. */
  onError?: (error: unknown) => void;
}

/** A running sandbox. */
export interface Sandbox {
  /** Base URL of the hub, without a trailing slash. */
  url: string;
  /** Base URL of the admin API. */
  adminUrl: string;
  faults: FaultQueue;
  /** Lists every sale: the truth that a test compares with. */
  ledger(): Promise<LedgerEntry[]>;
  /**
   * Finishes and answers the calls under way, for at most 5 s, then closes both servers, their connections and the
   * database. Answers that a fault holds back are cut.
   */
  close(): Promise<void>;
}

/**
 * Starts a provider with state and with faults on demand.
 *
 * @example
 *   ```ts
 *   import { bearer, createClient } from "@codegames/client";
 *   import { startSandbox } from "@codegames/sandbox";
 *
 *   const sandbox = await startSandbox();
 *   const hub = createClient({ baseUrl: sandbox.url, auth: bearer("sandbox") });
 *   const pay = await hub.pay({ product_id: 1n, price: 50000, txn_id: "A-17" });
 *   console.log(pay.outcome, await sandbox.ledger()); // succeeded [ { txn_id: 'A-17', … } ]
 *   await sandbox.close();
 *   ```
 *
 * @throws The error of the system when a port is in use or the database cannot be opened.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    port = 0,
    adminPort = 0,
    host = "127.0.0.1",
    database = ":memory:",
    catalogue = defaultCatalogue,
    leaseMs = 5000,
  } = options;
  const { tokens = { sandbox: "shop-1", "sandbox-2": "shop-2" }, auth = bearer(tokens) } = options;
  const { onError = () => {}, onRefused = () => {} } = options;
  // A product of the caller that happens to have a magic id is an ordinary one.
  const isBuiltIn = ({ id, name }: { id: bigint; name: string }) =>
    catalogue.some((each) => each.id === id && each.name === name);
  const shop = await Shop.open(database, catalogue);
  const provider = providerOf(shop, isBuiltIn(slowProduct), leaseMs, options.replay);
  for (const error of (await provider.recover()).errors) onError(error);
  // A sale that was cut off fails on the closed database, and nobody waits for it.
  const tell = (error: unknown) => (shop.isClosed ? undefined : onError(error));
  const handler = createHandler(provider, { auth, onRefused, onError: tell });
  const faults = new FaultQueue(magicProducts.filter(isBuiltIn), shop.store);
  const hub = hubOf(faultyListener(handler, auth, faults, options.cors));
  const admin = createServer(adminListener(shop, faults));
  try {
    await listen(hub, port, host);
    await listen(admin, adminPort, "127.0.0.1");
  } catch (error) {
    await close(hub);
    await shop.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(hub, host),
    adminUrl: urlOf(admin, "127.0.0.1"),
    faults,
    ledger: () => shop.ledger(),
    close: () => (closing ??= closeAll(hub, admin, handler, shop)),
  };
}

function providerOf(shop: Shop, hasSlowProduct: boolean, leaseMs: number, isReplaying = false) {
  return sellOnce({
    store: shop.store,
    findProduct: (id) => shop.findProduct(id),
    async sellWithin(order, tx) {
      if (hasSlowProduct && order.product_id === slowProduct.id) await setTimeout(slowProduct.sellMs);
      return shop.sell(order, tx);
    },
    ...(isReplaying && { replay: ({ partner_txn_id }) => shop.recall(partner_txn_id) }),
    leaseMs,
  });
}

/** Without this option `node:http` answers a missing Host itself, without problem details. */
const hubOf = (listener: RequestListener) =>
  createServer({ requireHostHeader: false }, listener).on("clientError", answerClientError);

/** Serves the handler and spoils answers. Calls without credentials never go wrong. */
function faultyListener(handler: Handler, auth: Authenticate, faults: FaultQueue, isForPages = false) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (isForPages && answerCors(request, response)) return;
    sendLateAnswer(request.socket);
    const serve: WrappedHandler = async (asked) => {
      const [path = ""] = asked.path.split("?");
      const operation = Object.values(operations).find(
        (each) => each.path === path && each.method === asked.method,
      )?.id;
      // If `auth` throws, the handler writes the response.
      const merchant = operation && (await (async () => auth(asked))().catch(() => undefined));
      const fault = operation && merchant ? await faults.next(operation, asked, merchant) : undefined;
      if (!operation || !fault) return handler(asked);
      const answer = fault.isServed ? await handler(asked) : empty;
      // Without an answer, the fault closes the connection or lets it hang.
      return playFault(fault.kind, { operation, answer, response, path }) ?? new Promise<never>(() => {});
    };
    toNodeListener(serve)(request, response);
  };
}

const empty = { status: 200, headers: { "content-type": "application/json" }, body: "{}" };

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

/** Closes the database last, since calls under way need it. */
async function closeAll(hub: Server, admin: Server, handler: Handler, shop: Shop): Promise<void> {
  const drain = async () => {
    await handler.drain();
    // Once the last answers have gone out, only faults are left, some of which never end.
    await setImmediate();
    hub.closeAllConnections();
  };
  await closeGently(hub, { drain, underWay: handler.underWay }, { withinMs: 5000, idleMs: 0 });
  await close(admin);
  await shop.close();
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const urlOf = (server: Server, host: string) =>
  `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
