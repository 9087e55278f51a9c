/** A hub that knows nothing: answers every request with a status that decides nothing; prints its port. A process of its own, as a hub is. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer));
});
// Not 503: of that the queue makes an outage, and waits.
const answer = Buffer.from('{"status":"IN_PROGRESS"}');
// Ends with the one who started it.
process.stdin.on("end", () => process.exit()).resume();
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
