import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launchBrowser } from "@codegames/test-browser/browser.ts";
import { rolldown } from "rolldown";
import { findBinary } from "./binaries.ts";
import type { Played } from "./player.ts";

const run = promisify(execFile);
const folder = fileURLToPath(new URL(".", import.meta.url));
const bundled = `${folder}dist`;

type Play = (baseUrl: string, purchases: readonly string[]) => Promise<Played[]>;

/** Something that the client runs on. */
export interface Runtime {
  name: string;
  /** Whether a pay goes over the connection of the check, where a runtime could send it again. */
  reusesConnections: boolean;
  /** Whether it sends a request again, whatever the client does. */
  repeats: boolean;
  /** Undefined when npm has no build of it for this machine. */
  play: Play | undefined;
}

const nodes: readonly (readonly [string, string | undefined])[] = [
  ["Node 22", findBinary("node-22")],
  ["Node 24", process.versions.node.startsWith("24.") ? process.execPath : undefined],
  ["Node 26", findBinary("node-26")],
];
const bun = findBinary("bun");
const deno = findBinary("deno");
const workerd = findBinary("workerd");
const keeps = { reusesConnections: true, repeats: false };
const closes = { reusesConnections: false, repeats: false };

/** Every runtime that the README of the client names, with each `fetch` that it names. */
export const runtimes: readonly Runtime[] = [
  ...nodes.flatMap(([name, node]): Runtime[] => [
    { name, ...keeps, play: onCommand(node, ["player-command", "default"]) },
    { name: `${name} with undiciFetch`, ...closes, play: onCommand(node, ["player-undici"]) },
  ]),
  { name: "Bun", ...closes, play: onCommand(bun, ["player-command", "default"], "run") },
  { name: "Bun with a fetch of one's own", ...keeps, play: onCommand(bun, ["player-command", "own"], "run") },
  { name: "Deno", ...closes, play: onCommand(deno, ["player-command", "default"], "run", "--allow-net") },
  {
    name: "Deno with a fetch of one's own",
    ...keeps,
    play: onCommand(deno, ["player-command", "own"], "run", "--allow-net"),
  },
  { name: "workerd", ...keeps, play: onWorkerd(workerd) },
  { name: "Chromium", ...keeps, repeats: true, play: inChromium },
];

/** Bundles the players, as an application would be. */
export async function bundlePlayers(): Promise<void> {
  for (const name of ["player-command", "player-undici", "player-worker"]) {
    const platform = name === "player-worker" ? "browser" : "node";
    const input = `${folder}${name}.ts`;
    const bundle = await rolldown({ input, platform, external: ["undici"], logLevel: "silent" });
    await bundle.write({ file: `${bundled}/${name}.js`, format: "esm" });
  }
}

function onCommand(
  command: string | undefined,
  [player, ...first]: [string, ...string[]],
  ...options: string[]
): Play | undefined {
  if (!command) return undefined;
  return async (baseUrl, purchases) => {
    const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
    const args = [...options, `${bundled}/${player}.js`, ...first, baseUrl, ...purchases];
    const { stdout } = await run(command, args, { env });
    return JSON.parse(stdout) as Played[];
  };
}

function onWorkerd(command: string | undefined): Play | undefined {
  if (!command) return undefined;
  return async (baseUrl, purchases) => {
    const args = ["serve", `${folder}workerd.capnp`, "--control-fd=3"];
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
    try {
      // The first line names the port that workerd chose.
      const [line] = await once(child.stdio[3]!, "data");
      const { port } = JSON.parse(String(line).split("\n")[0] ?? "") as { port: number };
      const query = new URLSearchParams([["baseUrl", baseUrl], ...purchases.map((each) => ["purchase", each])]);
      return (await (await fetch(`http://127.0.0.1:${port}/?${query}`)).json()) as Played[];
    } finally {
      child.kill();
      await once(child, "close");
    }
  };
}

async function inChromium(baseUrl: string, purchases: readonly string[]): Promise<Played[]> {
  const bundle = await rolldown({ input: `${folder}player.ts`, platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "iife", name: "player" });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(baseUrl);
    await page.addScriptTag({ content: output[0].code });
    return (await page.evaluate(`player.play(${JSON.stringify(baseUrl)}, ${JSON.stringify(purchases)})`)) as Played[];
  } finally {
    await browser.close();
  }
}
