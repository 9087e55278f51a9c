import { magicProducts, slowProduct } from "./fault.ts";
import { type HmacKeyOption, secretVariable } from "./hmac-key.ts";

/** What the command says when it has started. */
export interface BannerFacts {
  url: string;
  adminUrl: string;
  /** How a merchant calls: with a bearer token, or signed. */
  credentials: { token: string } | HmacKeyOption;
  /** Whether the products that go wrong are there. */
  hasMagic: boolean;
}

export function banner({ url, adminUrl, credentials, hasMagic }: BannerFacts): string {
  const rows = [...magicProducts, slowProduct].map(({ id, name }) => `  ${id}  ${name}`).join("\n");
  const magic = `\nProducts whose purchase goes wrong, each at the price of 50000:\n\n${rows}\n`;
  return `
The hub is at ${url}, the admin API at ${adminUrl}. Ctrl-C ends both.
${"token" in credentials ? withToken(url, credentials.token) : signed(url, credentials)}
  curl -s ${adminUrl}/ledger
  curl -s ${adminUrl}/faults -d '{"operation":"pay","kind":"http-503","times":2}'
${hasMagic ? magic : ""}`;
}

function withToken(url: string, token: string): string {
  const headers = `-H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json'`;
  return `A call that is refused is printed here with the reason. Try:

  curl -s ${url}/pay ${headers} -d '{"product_id":1,"price":50000,"txn_id":"A-1"}'
  curl -s ${url}/status ${headers} -d '{"txn_id":"A-1"}'`;
}

/** Not with curl: a signature holds the time and the hash of the body. */
function signed(url: string, { keyId, file }: HmacKeyOption): string {
  const read = `readFileSync(${JSON.stringify(file)}, "utf8").replace(/\\r?\\n$/, "")`;
  const secret = file === undefined ? `process.env.${secretVariable}` : read;
  const from = file === undefined ? "" : `\n  import { readFileSync } from "node:fs";`;
  return `Every call must be signed by the key ${keyId}: HMAC-SHA256, RFC 9421. How to sign, step by step:
https://github.com/codegames-gg/api-hub/blob/main/packages/contract/vectors/signatures.md
A call that is refused is printed here with the reason. Try:
${from}
  import { createClient, hmac } from "@codegames/client";

  const auth = hmac({ keyId: ${JSON.stringify(keyId)}, secret: ${secret} });
  const hub = createClient({ baseUrl: ${JSON.stringify(url)}, auth });
  console.log(await hub.pay({ product_id: 1n, price: 50000, txn_id: "A-1" }));
`;
}
