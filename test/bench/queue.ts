import { compareDrains } from "./queue-drain.ts";
import { type Load, runLoad } from "./queue-load.ts";
import { runStorm } from "./queue-storm.ts";

/**
 * Measures the retry queue: drained beside its peers, at a steady rate, at three sizes, and after an outage. Prints
 * bars.
 */
export async function measureQueue(rounds: number): Promise<void> {
  await compareDrains(Math.max(3, rounds), 100_000);
  console.log(
    "\na steady rate: one worker, a hub over loopback HTTP, the default policy except for the rate, " +
      "Node with --max-semi-space-size=4 as the README recommends",
  );
  console.log("  bars for the first: lag p99 at most 1000 ms, memory at most 250 MB");
  console.log(
    "  pending   checks/s  lag p50, p99, max (ms)  memory (MB)  CPU of worker, PostgreSQL (ms/check)" +
      "  log of writes (bytes/check)",
  );
  await show({ pending: 400_000, perSecond: 400_000 / 120, seconds: 60 });
  for (const pending of [10_000, 100_000, 1_000_000]) await show({ pending, perSecond: 500, seconds: 16 });
  // With all 400,000, `QUEUE_STORM=400000`, it takes half an hour.
  await runStorm(Number(process.env["QUEUE_STORM"] ?? 50_000));
}

async function show(load: Load): Promise<void> {
  const { checks, lagMs, rssMb, cpuMs, postgresCpuMs, walBytes } = await runLoad(load);
  const perCheck = (value: number) => (value / checks).toFixed(2);
  const lags = [lagMs.p50, lagMs.p99, lagMs.max].map((value) => value.toFixed(0)).join(", ");
  const cells = [
    String(load.pending).padStart(7),
    (checks / load.seconds).toFixed(0).padStart(9),
    lags.padEnd(22),
    rssMb.toFixed(0).padStart(11),
    `${perCheck(cpuMs)}, ${perCheck(postgresCpuMs)}`.padStart(36),
    (walBytes / checks).toFixed(0).padStart(27),
  ];
  console.log(`  ${cells.join("  ")}`);
}
