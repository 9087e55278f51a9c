import { parseArgs } from "node:util";
import { startMock } from "./mock.ts";

const help = `mock: serves the examples of the contract with Prism, on loopback, until Ctrl-C

  npm run mock -- [--port PORT]

  --port PORT   preferred port, 0 to 65535; the next free one is taken when it is in use (default: 4010)
  --help        this text

The examples are about product 1234567890, whatever is asked for. A request chooses its answer with Prefer:
example=WRONG_PRICE for a status, or Prefer: code=503 for an HTTP error. Without it the answer is OK, or the example of HTTP 400 when the request is not as the contract has it: why it is not
stands here and not in the answer. Malformed JSON gets no answer at all from Prism 5.16.
`;

const options = readOptions(process.argv.slice(2));
if (typeof options === "string") {
  console.error(`mock: ${options}; see npm run mock -- --help`);
  process.exit(2);
}
if (options.help) {
  console.log(help);
  process.exit(0);
}
try {
  const mock = await startMock({ port: options.port, onLine: console.log });
  console.log(`\nServing the contract on ${mock.url}; Ctrl-C ends it. Try:\n
  curl -s ${mock.url}/pay -H 'Authorization: Bearer any' -H 'Content-Type: application/json' \\
    -H 'Prefer: example=WRONG_PRICE' -d '{"product_id":1234567890,"price":50000.0,"txn_id":"1"}'\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void mock.stop());
  await mock.ended;
} catch (error) {
  console.error(`mock: ${(error as Error).message}`);
  process.exitCode = 1;
}

function readOptions(args: string[]): string | { port: number; help: boolean } {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"),
      options: { port: { type: "string", default: "4010" }, help: { type: "boolean", short: "h", default: false } },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535) return `--port must be a whole number from 0 to 65535, is "${values.port}"`;
    return { port, help: values.help };
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "wrong options";
  }
}
