import { type Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** How one call ended, seen by a caller that takes nothing for granted. */
export interface Call {
  /** Not sent: the connection was refused. Broken: it ended without a whole answer, or there was none in time. */
  outcome: "answered" | "not-sent" | "broken";
  /** The HTTP status; 0 without an answer. */
  code: number;
  /** The body as JSON; undefined when it is none. */
  body?: { status?: string; partner_txn_id?: string; product?: { productKey?: string } } | undefined;
  headers: IncomingMessage["headers"];
  /** The caller's own port; 0 when it has not connected. */
  callerPort: number;
  /** When the connection was asked for, or taken from those that are kept. */
  askedAtMs: number;
  error?: string;
}

/** Longer than any answer takes, so that a pay without an answer is seen as such. */
const patienceMs = 12_000;

/** Calls with `node:http`, which never sends a request twice, and tells a refused connection from a broken one. */
export function call(port: number, path: string, body: string, agent: Agent): Promise<Call> {
  return new Promise((resolve) => {
    const result: Call = { outcome: "broken", code: 0, headers: {}, callerPort: 0, askedAtMs: performance.now() };
    const asked = request({ port, host: "127.0.0.1", path, method: "POST", agent, headers: headersOf(body) });
    const giveUp = setTimeout(() => asked.destroy(new Error("no answer in time")), patienceMs);
    const end = (more: Partial<Call>) => {
      clearTimeout(giveUp);
      resolve({ ...result, ...more });
    };
    asked.once("socket", (socket) => {
      const see = () => void (result.callerPort = socket.localPort ?? 0);
      if (socket.connecting) socket.once("connect", see);
      else see();
    });
    asked.on("error", (error: NodeJS.ErrnoException) =>
      end({ outcome: error.syscall === "connect" ? "not-sent" : "broken", error: error.code ?? error.message }),
    );
    asked.once("response", (response) => {
      const { statusCode: code = 0, headers } = response;
      text(response).then(
        (received) => end({ outcome: "answered", code, headers, body: parse(received) }),
        (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }),
      );
    });
    asked.end(body);
  });
}

const headersOf = (body: string) => ({
  "content-type": "application/json",
  "content-length": Buffer.byteLength(body),
  authorization: "Bearer token-of-the-merchant",
});

function parse(received: string): Call["body"] {
  try {
    return JSON.parse(received) as Call["body"];
  } catch {
    return undefined;
  }
}
