import { runCommand, wholeNumber } from "@codegames/command-line";

const help = `mock: serves the contract's examples with Prism, on loopback, until Ctrl-C

  npm run mock -- [--port PORT]

  --port PORT   preferred port, 0 to 65535; when it is in use, the next free one (default: 4010)
  --help        this text

Every answer is about product 1234567890, even when the request names another. The request chooses its answer: the
header Prefer: example=WRONG_PRICE picks a status, Prefer: code=503 an HTTP error. Without it the answer is OK, or the
example of HTTP 400 when the request violates the contract. Prism prints the violation here, and adds it to the answer
as the header sl-violations. Prism 5.16 never answers malformed JSON.
`;

process.exitCode = await runCommand({
  name: "mock",
  call: "npm run mock --",
  help,
  node: "24.18",
  options: { port: { type: "string", default: "4010" } },
  async run(values) {
    const port = wholeNumber("--port", values.port, 0, 65_535);
    const { startMock } = await import("./mock.ts");
    const mock = await startMock({ port, onLine: console.log });
    console.log(`\nServing the contract on ${mock.url}; press Ctrl-C to stop. Try:\n
  curl -s ${mock.url}/pay -H 'Authorization: Bearer any' -H 'Content-Type: application/json' \\
    -H 'Prefer: example=WRONG_PRICE' -d '{"product_id":1234567890,"price":50000.0,"txn_id":"1"}'\n`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void mock.stop());
    await mock.ended;
  },
});
