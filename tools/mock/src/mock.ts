import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import getPort, { portNumbers } from "get-port";

/** The bundled contract, which the mock serves. */
export const documentFile = fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json"));

const prism = createRequire(import.meta.url).resolve("@stoplight/prism-cli");

const startTimeoutMs = 60_000;

/** A running Prism. */
export interface Mock {
  /** Base URL, without a trailing slash. */
  url: string;
  /** Settles when Prism has ended, by itself or through `stop`. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** How Prism starts. */
export interface MockOptions {
  /** Preferred port; one of the next 100 is taken when it is in use. Default: any free port. */
  port?: number;
  /** Gets what Prism prints. Default: nobody does. */
  onLine?: (line: string) => void;
}

/**
 * Serves the examples of the contract with Prism, on loopback. Rejects, with what Prism printed, when it does not listen
 * within a minute. Prism ends with this process.
 */
export function startMock(options: MockOptions = {}): Promise<Mock> {
  return startPrism(["mock", documentFile], options);
}

/**
 * Puts Prism before a provider, on loopback. It compares each request and each answer with the contract: one that is off
 * contract is answered with an error of Prism's own, and what is wrong stands in the header `sl-violations` and, with a
 * request, in the body. Starts and ends as `startMock` does.
 */
export function startProxy(upstream: string, options: MockOptions = {}): Promise<Mock> {
  return startPrism(["proxy", "--errors", documentFile, upstream], options);
}

async function startPrism(args: string[], { port, onLine = () => {} }: MockOptions): Promise<Mock> {
  const wanted = port === undefined ? 0 : portNumbers(port, Math.min(port + 100, 65_535));
  const free = await getPort({ host: "127.0.0.1", port: wanted });
  const child = spawn(process.execPath, [prism, ...args, "--host", "127.0.0.1", "--port", String(free)], {
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
  const late = setTimeout(startTimeoutMs, `it did not listen within ${startTimeoutMs / 1000} s`, { ref: false });
  const first = await Promise.race([listening, late, ended.then(() => "it ended")]);
  if (first === "listening") return { url: `http://127.0.0.1:${free}`, ended, stop };
  await stop();
  throw new Error(`Cannot start Prism on port ${free}: ${first}\n${printed.join("\n")}`);
}
