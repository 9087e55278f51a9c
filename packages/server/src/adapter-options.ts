/** Options of the adapters between a handler and an HTTP server. */
export interface AdapterOptions {
  /**
   * The largest body in bytes that the adapter reads; a larger one is answered with 413. The handler has a limit of its
   * own; the smaller one wins.
   *
   * @default 65536
   */
  maxBodyBytes?: number;
}

/** Reads the option of the handler and of its adapters. Throws a `TypeError` when it is wrong. */
export function readMaxBodyBytes(value: number | undefined): number {
  if (value === undefined) return 65_536;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw wrongHandlerOption(
    "maxBodyBytes",
    `must be a positive integer, is ${typeof value === "number" ? value : typeof value}`,
  );
}

export const wrongHandlerOption = (name: string, reason: string): TypeError =>
  new TypeError(`Cannot create the handler: option ${name} ${reason}`);
