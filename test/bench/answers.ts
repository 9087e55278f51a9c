import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";

/** The text as it is once it was decoded from bytes: the engine keeps it in another form. */
export const asReceived = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));

const encode = (id: keyof typeof operations): string => {
  const encoded = operations[id].response.codec.encode(examples[id].responses[200].OK as never);
  if (!encoded.ok) throw new Error(`The example of an answer to ${id} cannot be encoded`);
  return asReceived(encoded.text);
};

/** The contract's examples of a success, by path. */
export const answers = { "/check": encode("check"), "/pay": encode("pay"), "/status": encode("status") };

/** Starts a server of these answers in a process of its own, with TLS if it gets a key and a certificate. */
export async function startServer(...tls: string[]): Promise<{ baseUrl: string; stop(): void }> {
  const file = fileURLToPath(new URL("server.ts", import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(answers), ...tls], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = await once(child.stdout, "data");
  const baseUrl = `${tls.length > 0 ? "https" : "http"}://127.0.0.1:${String(port).trim()}`;
  return { baseUrl, stop: () => void child.kill() };
}
