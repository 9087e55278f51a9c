import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";

export const proxyNames = ["nginx", "haproxy"] as const;
export type ProxyName = (typeof proxyNames)[number];

/** The ports that stand for those of the README: 8080 of the proxy, 8081 and 8082 of the providers. */
export interface Ports {
  proxy: number;
  providers: readonly [number, number];
}

/** A running proxy. */
export interface Proxy {
  end(): Promise<void>;
}

/** Where proxies are looked for besides PATH. */
const folderVariable = "PROXY_FOLDER";

/** The file of a proxy in the folder of `PROXY_FOLDER` or in PATH; undefined when it is not installed. */
export function findProxy(name: ProxyName): string | undefined {
  // A service's program is often outside of the PATH of people.
  const folders = [process.env[folderVariable], ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder!, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The whole configuration of a proxy in the README of the server, as it stands there: the one with both providers. */
export function readConfiguration(name: ProxyName): string {
  const readme = readFileSync(new URL("../../packages/server/README.md", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${name}\\n(.*?)^\`\`\`$`, "gms"))];
  const text = blocks.map(([, block]) => block).find((block) => block?.includes("127.0.0.1:8082"));
  if (!text) throw new Error(`The server's README has no configuration of ${name}`);
  return text;
}

/** Starts a proxy with the README's configuration, on other ports and with its scratch files in a folder of its own. */
export async function startProxy(name: ProxyName, file: string, ports: Ports, configuration: string): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), `codegames-${name}-`));
  const config = join(folder, "proxy.conf");
  writeFileSync(config, inFolder(onPorts(configuration, ports), folder));
  const child = spawn(file, argumentsOf(name, folder, config), { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  const closed = once(child, "close");
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  await untilListening(child, ports.proxy, () => `${name} did not start: ${errors}`);
  return {
    async end() {
      child.kill("SIGTERM");
      await closed;
      process.off("exit", kill);
      rmSync(folder, { recursive: true });
    },
  };
}

const onPorts = (configuration: string, { proxy, providers: [one, two] }: Ports) =>
  configuration
    .replace("127.0.0.1:8080", `127.0.0.1:${proxy}`)
    .replace("127.0.0.1:8081", `127.0.0.1:${one}`)
    .replace("127.0.0.1:8082", `127.0.0.1:${two}`);

/** Keeps nginx from the folders of an installation, which belong to the system and need not exist. */
function inFolder(configuration: string, folder: string): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ");
  return configuration.replace("http {", `http { access_log off; ${paths}`);
}

function argumentsOf(name: ProxyName, folder: string, config: string): string[] {
  if (name === "haproxy") return ["-db", "-f", config];
  // One process, so that its id is all that must be ended.
  return ["-p", folder, "-c", config, "-e", "stderr", "-g", `daemon off; master_process off; pid ${folder}/pid;`];
}

async function untilListening(child: ChildProcess, port: number, describe: () => string): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isListening = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isListening) return;
    await setTimeout(50);
  }
  throw new Error(describe());
}

/** What is printed about a proxy that is not installed. */
export const whyLeftOut = (name: ProxyName): string =>
  `Left out: ${name} is neither in PATH nor in the folder that ${folderVariable} names`;
