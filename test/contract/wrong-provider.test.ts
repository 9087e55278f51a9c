import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Json, parse, print } from "./exact-json.ts";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";
import type { Answer, AnswerChange } from "./provider.ts";
import { stateHandlers } from "./states.ts";
import { verify } from "./verify.ts";

/** One fault of a provider, all interactions that it breaks, and a part of each mismatch that Pact reports. */
interface Fault {
  change: AnswerChange;
  breaks: RegExp;
  mismatch: string;
}

const json = { "content-type": "application/json" };
const everyResult = /with (?!HTTP)/;
const everyProduct = /^(check|pay) .* OK(?!.*top-up)/;
const everySoldCard = /^pay .* OK(?!.*top-up)/;
const everyPayment = /^(pay|status) .* OK/;

const bodyFaults: Record<string, Fault> = {
  "writes the status in lower case": {
    change: onBody((body) => (body.status = body.status.toLowerCase())),
    breaks: everyResult,
    mismatch: "$.status Expected",
  },
  "answers a pay with a status that the contract does not list": {
    change: onBody((body, path) => path === "/pay" && (body.status = "PENDING")),
    breaks: /^pay .* with (?!HTTP)/,
    mismatch: "$.status Expected 'PENDING'",
  },
  "leaves partner_price out": {
    change: onBody(({ product }) => delete product?.partner_price),
    breaks: /^check .* OK/,
    mismatch: "partner_price",
  },
  "leaves the name of the product out": {
    change: onBody(({ product }) => delete product?.name),
    breaks: everyProduct,
    mismatch: "name",
  },
  "leaves partner_txn_id out": {
    change: onBody((body) => delete body.partner_txn_id),
    breaks: everyPayment,
    mismatch: "partner_txn_id",
  },
  "leaves partner_txn_id empty": {
    change: onBody((body) => body.partner_txn_id && (body.partner_txn_id = "")),
    breaks: everyPayment,
    mismatch: "$.partner_txn_id Expected ''",
  },
  "writes the id as a string": {
    change: onBody(({ product }) => product && (product.id = String(product.id))),
    breaks: everyProduct,
    mismatch: "$.product.id Expected",
  },
  "keeps the id in a double": {
    change: onBody(({ product }) => product && (product.id = BigInt(Number(product.id)))),
    breaks: /no double holds/,
    mismatch: "9007199254740992",
  },
  "writes the price as a string": {
    change: onBody(({ product }) => product && (product.price = String(product.price))),
    breaks: /^check .* OK/,
    mismatch: "$.product.price Expected",
  },
  "sells a card without its key": {
    change: onBody(({ product }) => delete product?.productKey),
    breaks: everySoldCard,
    mismatch: "productKey",
  },
  "sells a card with an empty key": {
    change: onBody(({ product }) => product?.productKey && (product.productKey = "")),
    breaks: everySoldCard,
    mismatch: "$.product.productKey Expected ''",
  },
};

const httpFaults: Record<string, Fault> = {
  "answers as text/plain": {
    change: onOk((answer) => ({ ...answer, headers: { ...answer.headers, "content-type": "text/plain" } })),
    breaks: everyResult,
    mismatch: "text/plain",
  },
  "answers with HTML": {
    change: onOk((answer) => ({ ...answer, body: "<html></html>" })),
    breaks: everyResult,
    mismatch: "Failed to parse the actual body",
  },
  "answers without a body": {
    change: onOk((answer) => ({ ...answer, body: "" })),
    breaks: everyResult,
    mismatch: "but was empty",
  },
  "cuts its answers short": {
    change: onOk((answer) => ({ ...answer, body: answer.body.slice(0, -1) })),
    breaks: everyResult,
    mismatch: "EOF while parsing",
  },
  "answers a pay with HTTP 201": {
    change: onOk((answer, path) => (path === "/pay" ? { ...answer, status: 201 } : answer)),
    breaks: /^pay .* with (?!HTTP)/,
    mismatch: "expected 200 but was 201",
  },
  "answers a pay with a redirect": {
    change: (answer, path) =>
      path === "/pay" ? { status: 307, headers: { location: "/pay?again" }, body: "" } : answer,
    breaks: /^pay /,
    mismatch: "but was 307",
  },
  "answers PRODUCT_NOT_FOUND with HTTP 404": {
    change: onStatus("PRODUCT_NOT_FOUND", (answer) => ({ ...answer, status: 404 })),
    breaks: /PRODUCT_NOT_FOUND/,
    mismatch: "expected 200 but was 404",
  },
  "fails at every status": {
    change: (answer, path) => (path === "/status" ? problem(500, "Internal Server Error") : answer),
    breaks: /^status .* with (?!HTTP 500)/,
    mismatch: "but was 500",
  },
};

const paymentFaults: Record<string, Fault> = {
  "sells twice under one txn_id": {
    change: onStatus("TXN_DUPLICATE", withBody('{"status":"OK","partner_txn_id":"W2"}')),
    breaks: /TXN_DUPLICATE/,
    mismatch: "$.status Expected 'OK'",
  },
  "looks at the price before the txn_id": {
    change: onStatus("TXN_DUPLICATE", withBody('{"status":"WRONG_PRICE"}')),
    breaks: /TXN_DUPLICATE/,
    mismatch: "$.status Expected 'WRONG_PRICE'",
  },
  "tells one merchant about the payments of another": {
    change: onStatus("TXN_NOT_FOUND", withBody('{"status":"OK","partner_txn_id":"W2"}')),
    breaks: /TXN_NOT_FOUND/,
    mismatch: "$.status Expected 'OK'",
  },
  "forgets a refused payment": {
    change: onStatus("TXN_CANCELED", withBody('{"status":"TXN_NOT_FOUND"}')),
    breaks: /TXN_CANCELED/,
    mismatch: "$.status Expected 'TXN_NOT_FOUND'",
  },
  "does not know a payment that it has not decided": {
    change: (answer, path) => (path === "/status" && answer.status === 503 ? notFound : answer),
    breaks: /^status .* HTTP 503/,
    mismatch: "expected 503 but was 200",
  },
};

const problemFaults: Record<string, Fault> = {
  "serves callers that it does not know": {
    change: (answer) => (answer.status === 401 ? notFound : answer),
    breaks: /HTTP 401/,
    mismatch: "expected 401 but was 200",
  },
  "sends its problems as application/json": {
    change: onProblem((answer) => ({ ...answer, headers: { ...answer.headers, ...json } })),
    breaks: /with HTTP/,
    mismatch: "application/json",
  },
  "writes another HTTP code into the problem": {
    change: onProblem(withBody('{"title":"Wrong","status":418}')),
    breaks: /with HTTP/,
    mismatch: "$.status Expected 418",
  },
  "does not say when to try again": {
    change: ({ headers: { "retry-after": _, ...headers }, ...answer }) => ({ ...answer, headers }),
    breaks: /HTTP (429|503)/,
    mismatch: "Retry-After",
  },
  "says with a date when to try again": {
    change: ({ headers, ...answer }) => {
      const date = headers["retry-after"] && { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" };
      return { ...answer, headers: { ...headers, ...date } };
    },
    breaks: /HTTP (429|503)/,
    mismatch: "Wed, 21 Oct 2026",
  },
};

const faults = { ...bodyFaults, ...httpFaults, ...paymentFaults, ...problemFaults };

/** Replaces the state of an undecided payment, which takes two seconds. */
const handlers = {
  ...stateHandlers,
  "the payment is accepted and not decided yet": stateHandlers["the provider cannot answer now"]!,
};

// Each fault has its own provider and verifier.
describe.concurrent("a provider", () => {
  test.each(Object.entries(faults))("that %s breaks the pact", async (_, { change, breaks, mismatch }) => {
    const report = await verify(fileURLToPath(pactFile), { handlers, changeAnswer: change });
    const descriptions = interactions.map(({ description }) => description);
    const failed = Object.keys(report.failed);
    expect(report.stateErrors).toEqual([]);
    expect(failed.toSorted()).toEqual(descriptions.filter((each) => breaks.test(each)).toSorted());
    expect(report.verified.length).toBe(descriptions.length - failed.length);
    for (const mismatches of Object.values(report.failed)) expect(mismatches.join("\n")).toContain(mismatch);
  });
});

const notFound: Answer = { status: 200, headers: json, body: '{"status":"TXN_NOT_FOUND"}' };

function problem(status: number, title: string): Answer {
  return { status, headers: { "content-type": "application/problem+json" }, body: JSON.stringify({ title, status }) };
}

function withBody(body: string): AnswerChange {
  return (answer) => ({ ...answer, body });
}

/** Changes answers with HTTP 200. */
function onOk(change: AnswerChange): AnswerChange {
  return (answer, path) => (answer.status === 200 ? change(answer, path) : answer);
}

/** Changes answers with another code than HTTP 200. */
function onProblem(change: AnswerChange): AnswerChange {
  return (answer, path) => (answer.status === 200 ? answer : change(answer, path));
}

/** Changes answers with this status. */
function onStatus(status: string, change: AnswerChange): AnswerChange {
  return onOk((answer, path) => (parse(answer.body).status === status ? change(answer, path) : answer));
}

/** Changes the JSON of answers with HTTP 200, in place. */
function onBody(change: (body: Json, path: string) => unknown): AnswerChange {
  return onOk((answer, path) => {
    const body = parse(answer.body);
    change(body, path);
    return { ...answer, body: print(body) };
  });
}
