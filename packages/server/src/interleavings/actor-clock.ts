import { AsyncLocalStorage } from "node:async_hooks";

const clocks = new AsyncLocalStorage<() => number>();

/**
 * Runs a work, and all that follows from it, by a clock of its own: `sellOnce` measures with `performance.now()` how
 * long it was frozen. The first call replaces that method; whoever is no actor reads the same time as before.
 */
export function runByClock<T>(nowMs: () => number, work: () => T): T {
  install();
  return clocks.run(nowMs, work);
}

let isInstalled = false;

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const now = performance.now.bind(performance);
  performance.now = () => clocks.getStore()?.() ?? now();
}
