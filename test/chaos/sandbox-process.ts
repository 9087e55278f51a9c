import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.js", import.meta.resolve("@codegames/sandbox")));

/** A sandbox in its own process. */
export interface SandboxProcess {
  url: string;
  adminUrl: string;
  stop(): Promise<void>;
}

export async function startSandboxProcess(file: string): Promise<SandboxProcess> {
  const args = [main, "--port", "0", "--admin-port", "0", "--database", file];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url, adminUrl] = /The hub is at (\S+), the admin API at (\S+)\. Ctrl-C/.exec(line) ?? [];
    if (!url || !adminUrl) continue;
    return {
      url,
      adminUrl,
      async stop() {
        process.off("exit", end);
        child.kill("SIGTERM");
        await ended;
      },
    };
  }
  throw new Error("The sandbox did not start");
}
