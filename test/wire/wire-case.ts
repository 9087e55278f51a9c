import { type Exchange, type Fault, http } from "./fault-server.ts";

/** The expected result of a pay: the answer of an honest provider, a reason, or one of several. */
export type Expected = "answer" | (string & {}) | readonly string[];

/** A fault of the wire and the result that it must lead to. */
export interface WireCase extends Fault {
  expected: Expected;
}

/** Writes bytes to the socket, then closes it, or does what `after` does. */
export const writeThen =
  (make: (exchange: Exchange) => Buffer | string, after: (exchange: Exchange) => void = ({ socket }) => socket.end()) =>
  (exchange: Exchange): void => {
    exchange.socket.write(make(exchange), () => after(exchange));
  };

/** A case that responds with these bytes. */
export const respond = (name: string, expected: Expected, make: (exchange: Exchange) => Buffer | string): WireCase => ({
  name,
  expected,
  answer: writeThen(make),
});

/** The code of the response; `honest` stands for that of an honest provider. */
type Status = number | "honest" | (string & {});

/** A case that responds under this HTTP code, with the honest body unless `body` is given. */
export const respondUnder = (
  name: string,
  expected: Expected,
  status: Status,
  body?: string | Buffer,
  headers?: Record<string, string | undefined>,
): WireCase =>
  respond(name, expected, (exchange) =>
    http(status === "honest" ? exchange.status : status, body ?? exchange.body, headers),
  );
