import { setTimeout } from "node:timers/promises";
import { Load, type Pay } from "./load.ts";
import { type End, loadProvider, type ProviderInput, startProvider } from "./provider-process.ts";

/** One life of the provider, from when it listened until it had ended. */
interface Life extends End {
  startedAtMs: number;
  endedAtMs: number;
  /** How many pays had no answer when it was asked to end. */
  underWay: number;
}

/** All pays of a run, and the lives of the provider that they met. */
export interface Run {
  pays: readonly Pay[];
  lives: readonly Life[];
}

/** Ends and starts a provider on the same database and port, again and again, while pays keep coming. */
export async function restartUnderLoad(input: Omit<ProviderInput, "port">, ends: number): Promise<Run> {
  // The port stays the same: that of the first process.
  const first = await startProvider({ ...input, port: 0 });
  const again = { ...input, port: first.port };
  const load = new Load(first.port);
  const lives: Life[] = [];
  load.start(12, 4);
  let next = loadProvider(again);
  try {
    for (let provider = first, startedAtMs = performance.now(); ;) {
      await setTimeout(40 + Math.random() * 80);
      const { underWay } = load;
      const end = await provider.end();
      lives.push({ ...end, startedAtMs, endedAtMs: performance.now(), underWay });
      if (lives.length === ends) break;
      startedAtMs = performance.now();
      provider = await next.start();
      next = loadProvider(again);
    }
  } finally {
    next.discard();
    await load.stop();
  }
  return { pays: load.pays, lives };
}

/** How a pay ended for the merchant; `cut` is the one that must not be. */
export type Ending = "sold" | "503" | "connection refused" | "never accepted" | "cut" | "other";

/** Sorts a pay by its answer; without one, by whether the provider had accepted its connection. */
export function endingOf(pay: Pay, lives: readonly Life[]): Ending {
  if (pay.outcome === "not-sent") return "connection refused";
  if (pay.outcome === "broken") return wasAccepted(pay, lives) ? "cut" : "never accepted";
  if (pay.code === 200 && pay.body?.status === "OK") return "sold";
  return pay.code === 503 && pay.headers["retry-after"] && pay.headers.connection === "close" ? "503" : "other";
}

/**
 * Whether the provider's process saw the connection. The system resets those that it had set up and nobody had accepted
 * when the port was closed: no process can answer on them, and nothing of their pays was read.
 */
function wasAccepted({ callerPort, askedAtMs }: Pay, lives: readonly Life[]): boolean {
  const life = lives.find(({ startedAtMs, endedAtMs }) => askedAtMs >= startedAtMs && askedAtMs <= endedAtMs);
  return life?.accepted.has(callerPort) ?? true;
}
