import { type Exchange, http } from "./fault-server.ts";
import { type WireCase, writeThen } from "./wire-case.ts";

const reset = ({ socket }: Pick<Exchange, "socket">) => socket.resetAndDestroy();
const hang = () => {};

/** Connections that close, reset or fall silent. */
export const connectionFaults: WireCase[] = [
  {
    name: "M12 reset on connect",
    expected: ["connection", "unreachable"],
    connect: (socket) => socket.resetAndDestroy(),
  },
  { name: "close on connect", expected: "connection", connect: (socket) => socket.destroy() },
  { name: "half-close on connect", expected: ["connection", "timeout"], connect: (socket) => socket.end() },
  { name: "M12 reset with the first bytes", expected: "connection", firstBytes: (socket) => socket.resetAndDestroy() },
  { name: "close with the first bytes", expected: "connection", firstBytes: (socket) => socket.destroy() },
  {
    name: "an answer with the first bytes",
    expected: ["http-status", "connection"],
    firstBytes: (socket) => socket.end(http(503, "{}")),
  },
  { name: "M07 M08 no answer", expected: "timeout", answer: hang },
  { name: "M12 reset after the request", expected: "connection", answer: reset },
  { name: "close after the request", expected: "connection", answer: ({ socket }) => socket.destroy() },
  { name: "half-close after the request", expected: "connection", answer: ({ socket }) => socket.end() },
  {
    name: "reset after the answer",
    expected: ["answer", "connection"],
    answer: writeThen(({ answer }) => answer, reset),
  },
  {
    name: "the whole answer, and the connection open",
    expected: "answer",
    answer: writeThen(({ answer }) => answer, hang),
  },
  {
    name: "M31 the head, and then nothing",
    expected: ["timeout", "http-status"],
    answer: writeThen(({ answer }) => answer.subarray(0, -20), hang),
  },
  { name: "M31 a drip of bytes", expected: ["timeout"], answer: drip(15) },
];

/** Sends one byte per period. With a long period the deadline passes before the whole answer has arrived. */
export function drip(periodMs: number) {
  return ({ socket, answer }: Exchange) => {
    let sent = 0;
    const timer = setInterval(() => socket.write(answer.subarray(sent, ++sent)), periodMs);
    socket.on("close", () => clearInterval(timer));
  };
}
