/** Options of the adapters between a handler and an HTTP server. */
export interface AdapterOptions {
  /**
   * The largest body in bytes that the adapter reads; a larger one is answered with 413. The handler has a limit of its
   * own; the smaller one wins.
   *
   * @default 65536
   */
  maxBodyBytes?: number;
  /**
   * Time in milliseconds, from 1 to 2147483647, for the body of a request to arrive, counted from its headers; then the
   * answer is 408, and the connection closes. Without such a limit, bodies that drip in byte by byte would hold
   * connections for as long as the server lets them: 5 min under `node:http`, for ever under Fastify.
   *
   * @default 10000
   */
  bodyTimeoutMs?: number;
}

/** The options of an adapter after the check. */
export type AdapterLimits = Required<AdapterOptions>;

/** Throws a `TypeError` that names the wrong option, what is allowed, and its value. */
export const readAdapterOptions = ({ maxBodyBytes, bodyTimeoutMs }: AdapterOptions): AdapterLimits => ({
  maxBodyBytes: readMaxBodyBytes(maxBodyBytes),
  bodyTimeoutMs: readMilliseconds("bodyTimeoutMs", bodyTimeoutMs, 10_000),
});

export function readMilliseconds(name: string, value: number | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (Number.isInteger(value) && value >= 1 && value <= 2_147_483_647) return value;
  const actual = typeof value === "number" ? value : typeof value;
  throw wrongHandlerOption(name, `must be an integer from 1 to 2147483647, is ${actual}`);
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
