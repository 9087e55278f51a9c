import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse, print } from "./exact-json.ts";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";
import type { Answer, Spoil } from "./provider.ts";
import { stateHandlers } from "./states.ts";
import { verify } from "./verify.ts";

/** One thing that a provider does wrong, the interactions that it breaks, all of them, and what Pact says of each. */
interface Fault {
  spoil: Spoil;
  breaks: RegExp;
  says: string;
}

const faults: Record<string, Fault> = {
  "writes the status in lower case": { spoil: inAnswer((body) => (body.status = body.status.toLowerCase())), breaks: /with (?!HTTP)/, says: "$.status Expected" },
  "answers a pay with a status that the contract does not list": { spoil: inAnswer((body, path) => path === "/pay" && (body.status = "PENDING")), breaks: /^pay .* with (?!HTTP)/, says: "$.status Expected 'PENDING'" },
  "leaves partner_price out": { spoil: inAnswer(({ product }) => delete product?.partner_price), breaks: /^check .* OK/, says: "partner_price" },
  "leaves the name of the product out": { spoil: inAnswer(({ product }) => delete product?.name), breaks: /^(check|pay) .* OK(?!.*top-up)/, says: "name" },
  "leaves partner_txn_id out": { spoil: inAnswer((body) => delete body.partner_txn_id), breaks: /^(pay|status) .* OK/, says: "partner_txn_id" },
  "leaves partner_txn_id empty": { spoil: inAnswer((body) => body.partner_txn_id && (body.partner_txn_id = "")), breaks: /^(pay|status) .* OK/, says: "$.partner_txn_id Expected ''" },
  "writes the id as a string": { spoil: inAnswer(({ product }) => product && (product.id = String(product.id))), breaks: /^(check|pay) .* OK(?!.*top-up)/, says: "$.product.id Expected" },
  "keeps the id in a double": { spoil: inAnswer(({ product }) => product && (product.id = BigInt(Number(product.id)))), breaks: /no double holds/, says: "9007199254740992" },
  "writes the price as a string": { spoil: inAnswer(({ product }) => product && (product.price = String(product.price))), breaks: /^check .* OK/, says: "$.product.price Expected" },
  "sells a card without its key": { spoil: inAnswer(({ product }) => delete product?.productKey), breaks: /^pay .* OK(?!.*top-up)/, says: "productKey" },
  "sells a card with an empty key": { spoil: inAnswer(({ product }) => product?.productKey && (product.productKey = "")), breaks: /^pay .* OK(?!.*top-up)/, says: "$.product.productKey Expected ''" },
  "answers as text/plain": { spoil: onOk((answer) => ({ ...answer, headers: { ...answer.headers, "content-type": "text/plain" } })), breaks: /with (?!HTTP)/, says: "text/plain" },
  "answers with HTML": { spoil: onOk((answer) => ({ ...answer, body: "<html></html>" })), breaks: /with (?!HTTP)/, says: "Failed to parse the actual body" },
  "answers without a body": { spoil: onOk((answer) => ({ ...answer, body: "" })), breaks: /with (?!HTTP)/, says: "but was empty" },
  "cuts its answers short": { spoil: onOk((answer) => ({ ...answer, body: answer.body.slice(0, -1) })), breaks: /with (?!HTTP)/, says: "EOF while parsing" },
  "answers a pay with HTTP 201": { spoil: onOk((answer, path) => (path === "/pay" ? { ...answer, status: 201 } : answer)), breaks: /^pay .* with (?!HTTP)/, says: "expected 200 but was 201" },
  "answers a pay with a redirect": { spoil: (answer, path) => (path === "/pay" ? { status: 307, headers: { location: "/pay?again" }, body: "" } : answer), breaks: /^pay /, says: "but was 307" },
  "answers that there is no such product with HTTP 404": { spoil: onStatus("PRODUCT_NOT_FOUND", (answer) => ({ ...answer, status: 404 })), breaks: /PRODUCT_NOT_FOUND/, says: "expected 200 but was 404" },
  "fails at every status": { spoil: (answer, path) => (path === "/status" ? problem(500, "Internal Server Error") : answer), breaks: /^status .* with (?!HTTP 500)/, says: "but was 500" },
  "sells again under a txn_id that it knows": { spoil: onStatus("TXN_DUPLICATE", (answer) => ({ ...answer, body: '{"status":"OK","partner_txn_id":"W2"}' })), breaks: /TXN_DUPLICATE/, says: "$.status Expected 'OK'" },
  "looks at the price before the txn_id": { spoil: onStatus("TXN_DUPLICATE", (answer) => ({ ...answer, body: '{"status":"WRONG_PRICE"}' })), breaks: /TXN_DUPLICATE/, says: "$.status Expected 'WRONG_PRICE'" },
  "tells one merchant about the payments of another": { spoil: onStatus("TXN_NOT_FOUND", (answer) => ({ ...answer, body: '{"status":"OK","partner_txn_id":"W2"}' })), breaks: /TXN_NOT_FOUND/, says: "$.status Expected 'OK'" },
  "forgets a refused payment": { spoil: onStatus("TXN_CANCELED", (answer) => ({ ...answer, body: '{"status":"TXN_NOT_FOUND"}' })), breaks: /TXN_CANCELED/, says: "$.status Expected 'TXN_NOT_FOUND'" },
  "does not know a payment that it has not decided": {
    spoil: (answer, path) => (path === "/status" && answer.status === 503 ? { status: 200, headers: json, body: '{"status":"TXN_NOT_FOUND"}' } : answer),
    breaks: /^status .* HTTP 503/, says: "expected 503 but was 200",
  },
  "serves callers that it does not know": { spoil: (answer) => (answer.status === 401 ? { status: 200, headers: json, body: '{"status":"TXN_NOT_FOUND"}' } : answer), breaks: /HTTP 401/, says: "expected 401 but was 200" },
  "sends its problems as application/json": { spoil: (answer) => (answer.status === 200 ? answer : { ...answer, headers: { ...answer.headers, "content-type": "application/json" } }), breaks: /with HTTP/, says: "application/json" },
  "gives another HTTP code in the problem": { spoil: (answer) => (answer.status === 200 ? answer : { ...answer, body: '{"title":"Wrong","status":418}' }), breaks: /with HTTP/, says: "$.status Expected 418" },
  "does not say when to try again": { spoil: ({ headers: { "retry-after": _, ...headers }, ...answer }) => ({ ...answer, headers }), breaks: /HTTP (429|503)/, says: "Retry-After" },
  "says by a date when to try again": {
    spoil: (answer) => ({ ...answer, headers: { ...answer.headers, ...(answer.headers["retry-after"] && { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }) } }),
    breaks: /HTTP (429|503)/, says: "Wed, 21 Oct 2026",
  },
};

/** Without the two seconds that an undecided payment takes. */
const handlers = { ...stateHandlers, "the payment is accepted and not decided yet": stateHandlers["the provider cannot answer now"]! };

// Each with a provider and a verifier of its own.
describe.concurrent("a provider", () => {
  test.each(Object.entries(faults))("that %s breaks the pact", async (_, { spoil, breaks, says }) => {
    const { verified, failed, stateErrors } = await verify(fileURLToPath(pactFile), { handlers, spoil });
    const descriptions = interactions.map(({ description }) => description);
    expect(stateErrors).toEqual([]);
    expect(Object.keys(failed).toSorted()).toEqual(descriptions.filter((each) => breaks.test(each)).toSorted());
    expect(verified.length).toBe(descriptions.length - Object.keys(failed).length);
    for (const mismatches of Object.values(failed)) expect(mismatches.join("\n")).toContain(says);
  });
});

const json = { "content-type": "application/json" };

function problem(status: number, title: string): Answer {
  return { status, headers: { "content-type": "application/problem+json" }, body: JSON.stringify({ title, status }) };
}

/** Changes the business answers. */
function onOk(spoil: Spoil): Spoil {
  return (answer, path) => (answer.status === 200 ? spoil(answer, path) : answer);
}

/** Changes the answers with a status. */
function onStatus(status: string, spoil: Spoil): Spoil {
  return onOk((answer, path) => (parse(answer.body).status === status ? spoil(answer, path) : answer));
}

/** Changes the body of the business answers. */
function inAnswer(change: (body: any, path: string) => unknown): Spoil {
  return onOk((answer, path) => {
    const body = parse(answer.body);
    change(body, path);
    return { ...answer, body: print(body) };
  });
}
