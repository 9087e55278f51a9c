/**
 * Answers every request with its first argument; prints its port. Its own process, so that it takes no time of a
 * client.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answer = Buffer.from(process.argv[2] ?? "");
const headers = { "content-type": "application/json", "content-length": answer.length };
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, headers).end(answer));
});
// Ends when the parent process ends.
process.stdin.on("end", () => process.exit()).resume();
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
