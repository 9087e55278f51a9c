/** Runs a hub in its own process that answers every request with an undecided status; prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, headers).end(answer));
});
// Not HTTP 503, which opens the circuit breaker of the queue.
const answer = Buffer.from('{"status":"IN_PROGRESS"}');
const headers = { "content-type": "application/json", "content-length": answer.length };
// Ends when the parent process ends.
process.stdin.on("end", () => process.exit()).resume();
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
