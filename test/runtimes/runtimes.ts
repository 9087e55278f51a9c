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

/** Something that the client runs on. */
export interface Runtime {
  name: string;
  /** Whether a pay goes over the connection of the check. Only then does the test mean something. */
  reusesConnections: boolean;
  /** Whether it sends a request again, whatever the client does. */
  repeats: boolean;
  /** Undefined when npm has no build of it for this machine. */
  play: ((baseUrl: string, purchases: readonly string[]) => Promise<Played[]>) | undefined;
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

/** Every runtime that the README of the client names. */
export const runtimes: readonly Runtime[] = [
  ...nodes.flatMap(([name, node]): Runtime[] => [
    { name, ...keeps, play: node ? onCommand("player-command", node) : undefined },
    {
      name: `${name} with undiciFetch`,
      ...keeps,
      reusesConnections: false,
      play: node ? onCommand("player-undici", node) : undefined,
    },
  ]),
  { name: "Bun", ...keeps, play: bun ? onCommand("player-command", bun, "run") : undefined },
  { name: "Deno", ...keeps, play: deno ? onCommand("player-command", deno, "run", "--allow-net") : undefined },
  { name: "workerd", ...keeps, play: workerd ? onWorkerd(workerd) : undefined },
  { name: "Chromium", reusesConnections: true, repeats: true, play: inChromium },
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

function onCommand(player: string, command: string, ...args: string[]): NonNullable<Runtime["play"]> {
  return async (baseUrl, purchases) => {
    const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
    const { stdout } = await run(command, [...args, `${bundled}/${player}.js`, baseUrl, ...purchases], { env });
    return JSON.parse(stdout) as Played[];
  };
}

function onWorkerd(command: string): NonNullable<Runtime["play"]> {
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
