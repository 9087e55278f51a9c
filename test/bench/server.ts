/**
 * Answers each path with its text in the first argument, a JSON object; prints its port. With a key and a certificate
 * in the next arguments it speaks TLS. Its own process, so that it takes no time of a client.
 */
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

const [answers = "{}", key, cert] = process.argv.slice(2);
const bodies = new Map(Object.entries(JSON.parse(answers) as Record<string, string>));

const answer: RequestListener = (request, response) => {
  const body = Buffer.from(bodies.get(request.url ?? "") ?? "");
  request.resume();
  request.on("end", () =>
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body),
  );
};
const server =
  key && cert ? createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer) : createServer(answer);
// Ends when the parent process ends.
process.stdin.on("end", () => process.exit()).resume();
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
