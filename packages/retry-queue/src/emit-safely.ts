import type { EventEmitter } from "node:events";

/** Emits an event. A listener that throws causes an uncaught exception, but does not disturb the caller. */
export function emitSafely(emitter: EventEmitter, event: string, args: unknown[]): void {
  try {
    emitter.emit(event, ...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
