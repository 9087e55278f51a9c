/** Runs a hub in its own process that sells everything at once; prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

let count = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    const answer =
      `{"status":"OK","partner_txn_id":"W-${process.pid}-${count++}",` +
      `"product":{"id":1234567890,"name":"PSN USA 100 USD","price":50000,"productKey":"KEY-${count}"}}`;
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
  });
});
// Ends when the parent process ends.
process.stdin.on("end", () => process.exit()).resume();
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
