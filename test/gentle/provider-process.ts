import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** What a provider's process is to do. */
export interface ProviderInput {
  /** A SQLite file, or a URL of PostgreSQL. */
  database: string;
  /** 0 takes any free one. */
  port: number;
  /** The path of the base URL. @default "" */
  basePath?: string;
  /** On SIGTERM: `closeGently`, or `server.close()` and `process.exit()` at once. */
  end: "gently" | "at-once";
  /** For so long after SIGTERM it goes on, and `/health` says 503. @default 0 */
  unhealthyMs?: number;
  /** How it sells: in the database transaction of the store, or anywhere else. @default "within" */
  sells?: "within" | "elsewhere";
  /** Finding a product takes at least half of this time and at most all of it. @default 20 */
  findMs?: number;
  /** How long a sale takes. @default 0 */
  sellMs?: number;
  /** @default 60000; 3000 where the end leaves pays undecided, so that their statuses need not wait longer */
  leaseMs?: number;
}

/** What a provider said when it ended. */
export interface End {
  /** How many requests it cut, by its own count. */
  cut: number;
  /** The callers' ports of all connections that it accepted. */
  accepted: ReadonlySet<number>;
}

/** A provider's process that has loaded its code. */
export interface LoadedProvider {
  /** Opens the database and listens. */
  start(): Promise<ProviderProcess>;
  discard(): void;
}

/** A provider that listens. */
export interface ProviderProcess {
  port: number;
  pid: number;
  /** Sends a signal to this process alone. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Sends SIGTERM and waits until the process has ended by itself. Rejects when that takes longer than 15 s. */
  end(): Promise<End>;
  kill(): void;
}

const program = fileURLToPath(new URL("provider.ts", import.meta.url));

/** Starts a process that loads its code meanwhile, so that a restart takes no longer than opening the database. */
export function loadProvider(input: ProviderInput): LoadedProvider {
  const child = spawn(process.execPath, [program, JSON.stringify(input)], { stdio: ["pipe", "pipe", "inherit"] });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    discard: kill,
    async start() {
      child.stdin.write("start\n");
      const { value = "" } = await lines.next();
      const port = Number(/^listening (\d+)$/.exec(value)?.[1]);
      if (!port) throw new Error(`The provider did not start: ${value}`);
      return {
        port,
        pid: child.pid ?? 0,
        signal: (name) => void child.kill(name),
        kill,
        end: () => endOf(child, closed, lines),
      };
    },
  };
}

/** Starts a provider and waits until it listens. */
export const startProvider = (input: ProviderInput): Promise<ProviderProcess> => loadProvider(input).start();

async function endOf(child: ChildProcess, closed: Promise<unknown>, lines: AsyncIterator<string>): Promise<End> {
  child.kill("SIGTERM");
  const gaveUp = new AbortController();
  const hasEnded = await Promise.race([
    closed.then(() => true),
    setTimeout(15_000, false, { signal: gaveUp.signal }).catch(() => false),
  ]);
  gaveUp.abort();
  if (!hasEnded) {
    child.kill("SIGKILL");
    throw new Error("The provider did not end within 15 s of SIGTERM");
  }
  const { value = "" } = await lines.next();
  const [, cut, ports = ""] = /^ended (\d+) ([\d,]*)$/.exec(value) ?? [];
  if (cut === undefined) throw new Error(`The provider ended with ${child.exitCode} and said nothing of it: ${value}`);
  return { cut: Number(cut), accepted: new Set(ports.split(",").map(Number)) };
}
