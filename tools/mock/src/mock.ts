import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import getPort, { portNumbers } from "get-port";

/** Path of the bundled contract, which Prism serves. */
export const documentFile = fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json"));

const prism = createRequire(import.meta.url).resolve("@stoplight/prism-cli");

const startTimeoutMs = 60_000;

/** A running Prism. */
export interface Mock {
  /** Base URL, without a trailing slash. */
  url: string;
  /** Resolves when Prism has ended, by itself or through `stop`. */
  ended: Promise<unknown>;
  /** Ends Prism, and resolves when its process is gone. */
  stop(): Promise<void>;
}

export interface MockOptions {
  /**
   * Preferred port. When it is in use, Prism takes one of the next 100.
   *
   * @default any free port
   */
  port?: number;
  /**
   * Receives each line that Prism prints.
   *
   * @default lines are dropped
   */
  onLine?: (line: string) => void;
}

/**
 * Serves the examples of the contract with Prism, on loopback. Prism ends with this process.
 *
 * @throws {Error} When Prism does not listen within a minute; the message quotes its last 50 lines.
 */
export function startMock(options: MockOptions = {}): Promise<Mock> {
  return startPrism(["mock", documentFile], options);
}

/**
 * Puts Prism in front of a provider, on loopback. Prism compares each request and each answer with the contract. In
 * place of a message that violates it, Prism answers with its own error: the header `sl-violations` lists the
 * violations, and for a request the body does too. Starts and ends as `startMock` does.
 *
 * @throws {Error} As {@link startMock}.
 */
export function startProxy(upstream: string, options: MockOptions = {}): Promise<Mock> {
  return startPrism(["proxy", "--errors", documentFile, upstream], options);
}

async function startPrism(args: string[], { port, onLine = () => {} }: MockOptions): Promise<Mock> {
  const preferredPorts = port === undefined ? 0 : portNumbers(port, Math.min(port + 100, 65_535));
  const freePort = await getPort({ host: "127.0.0.1", port: preferredPorts });
  const child = spawn(process.execPath, [prism, ...args, "--host", "127.0.0.1", "--port", String(freePort)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill();
  process.once("exit", kill);
  const ended = once(child, "close").finally(() => process.off("exit", kill));
  const printed: string[] = [];
  const listening = new Promise<"listening">((resolve) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        if (printed.push(line) > 50) printed.shift();
        if (line.includes("Prism is listening")) resolve("listening");
        onLine(line);
      });
    }
  });
  const stop = async () => {
    kill();
    await ended;
  };
  const timeout = setTimeout(startTimeoutMs, `it did not listen within ${startTimeoutMs / 1000} s`, { ref: false });
  const result = await Promise.race([listening, timeout, ended.then(() => "it ended")]);
  if (result === "listening") return { url: `http://127.0.0.1:${freePort}`, ended, stop };
  await stop();
  throw new Error(`Cannot start Prism on port ${freePort}: ${result}\n${printed.join("\n")}`);
}
