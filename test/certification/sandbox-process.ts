import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createCaller } from "./caller.ts";
import type { ProviderProcess } from "./process-cases.ts";

const main = fileURLToPath(new URL("main.js", import.meta.resolve("@codegames/sandbox")));

/** Starts the sandbox's command on a database; several processes can share it. */
export async function startSandboxProcess(database: string, replays = false): Promise<ProviderProcess> {
  const ports = ["--port", "0", "--admin-port", "0"];
  const args = [main, ...ports, "--database", database, ...(replays ? ["--replay"] : [])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url, adminUrl] = /The hub is at (\S+), the admin API at (\S+)\. Ctrl-C/.exec(line) ?? [];
    if (!url || !adminUrl) continue;
    return {
      merchant: createCaller(url, "Bearer sandbox"),
      freeze: () => void child.kill("SIGSTOP"),
      thaw: () => void child.kill("SIGCONT"),
      async endGently() {
        child.kill("SIGTERM");
        await closed;
        process.off("exit", kill);
      },
      async salesOf(txnId) {
        const sales = (await (await fetch(`${adminUrl}/ledger`)).json()) as { txn_id: string }[];
        return sales.filter(({ txn_id }) => txn_id === txnId).length;
      },
    };
  }
  throw new Error("The sandbox did not start");
}
