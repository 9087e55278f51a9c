import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import getPort, { portNumbers } from "get-port";

/** Path of the bundled contract. Prism serves a copy of it that names its dialect. */
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
  return startPrism((file) => ["mock", file], options);
}

/**
 * Puts Prism in front of a provider, on loopback. Prism compares each request and each answer with the contract. In
 * place of a message that violates it, Prism answers with its own error: the header `sl-violations` lists the
 * violations, and for a request the body does too. Starts and ends as `startMock` does.
 *
 * @throws {Error} As {@link startMock}.
 */
export function startProxy(upstream: string, options: MockOptions = {}): Promise<Mock> {
  return startPrism((file) => ["proxy", "--errors", file, upstream], options);
}

/**
 * Writes a copy of the contract that names its dialect, into a folder of its own. Without a name, Prism 5.16 goes by
 * draft 7 and refuses every int64 from 2^53. The contract names none, because other tools report the name as an error.
 */
function writeDocument(): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "codegames-mock-"));
  const file = join(folder, "openapi.json");
  // As text: a parser would round the bounds of an int64.
  const dialect = `"jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",`;
  writeFileSync(file, readFileSync(documentFile, "utf8").replace("{", `{${dialect}`));
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts Prism; `argsFor` makes its arguments from the path of the document. */
function spawnPrism(argsFor: (file: string) => string[], port: number) {
  const document = writeDocument();
  const args = [prism, ...argsFor(document.file), "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => {
    child.kill();
    document.remove();
  };
  process.once("exit", kill);
  const ended = once(child, "close").finally(() => {
    process.off("exit", kill);
    document.remove();
  });
  return { child, ended };
}

async function startPrism(
  argsFor: (file: string) => string[],
  { port, onLine = () => {} }: MockOptions,
): Promise<Mock> {
  const preferredPorts = port === undefined ? 0 : portNumbers(port, Math.min(port + 100, 65_535));
  const freePort = await getPort({ host: "127.0.0.1", port: preferredPorts });
  const { child, ended } = spawnPrism(argsFor, freePort);
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
    child.kill();
    await ended;
  };
  const timeout = setTimeout(startTimeoutMs, `it did not listen within ${startTimeoutMs / 1000} s`, { ref: false });
  const result = await Promise.race([listening, timeout, ended.then(() => "it ended")]);
  if (result === "listening") return { url: `http://127.0.0.1:${freePort}`, ended, stop };
  await stop();
  throw new Error(`Cannot start Prism on port ${freePort}: ${result}\n${printed.join("\n")}`);
}
