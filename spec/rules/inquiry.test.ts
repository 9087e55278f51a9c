import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/inquiry";
const PAY = "test.yaml#/paths/~1pay/post";
const STATUS = "test.yaml#/paths/~1status/post";
const INQUIRY = "x-inquiry: {operation: status, by: txn_id}";
const QUEUE = "x-status-queue: {attempts: 100, periodSeconds: 120}";

const lintInquiry = (inquiry: string, queue: string, statusRequest = "required: [txn_id]", outcome = "unknown") =>
  lintWith(
    "inquiry",
    `
paths:
  /pay:
    post:
      operationId: pay
      ${inquiry}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pay"}}}}
      responses:
        "200": {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/Paid"}]}}}}
  /status:
    post:
      operationId: status
      ${queue}
      requestBody: {content: {application/json: {schema: {properties: {txn_id: {}}, ${statusRequest}}}}}
components:
  schemas:
    Paid: {properties: {status: {type: string, const: TWICE, x-outcome: {TWICE: ${outcome}}}}}
    Pay: {allOf: [{properties: {txn_id: {}, price: {}}, required: [txn_id, price]}]}
`,
  );

test("inquiry refuses an unknown status without an x-inquiry", async () => {
  expect(await lintInquiry("", "")).toEqual([
    {
      rule: RULE,
      message:
        'Operation "pay" can answer "TWICE", which is unknown, and has no x-inquiry; ' +
        "it must name the operation that settles it",
      at: PAY,
    },
  ]);
});

test("inquiry refuses an x-inquiry with a missing or an unknown key", async () => {
  const allowed = "it must have operation and by, may have reference, and nothing else";
  expect(await lintInquiry("x-inquiry: {operation: status, with: txn_id}", "")).toEqual([
    { rule: RULE, message: `x-inquiry has no by; ${allowed}`, at: `${PAY}/x-inquiry` },
    { rule: RULE, message: `x-inquiry has the key "with"; ${allowed}`, at: `${PAY}/x-inquiry/with` },
  ]);
});

test("inquiry refuses the name of an operation that does not exist", async () => {
  expect(await lintInquiry("x-inquiry: {operation: ask, by: txn_id}", "")).toEqual([
    {
      rule: RULE,
      message: 'x-inquiry names the operation "ask", which does not exist; the operations are pay, status',
      at: `${PAY}/x-inquiry/operation`,
    },
  ]);
});

test("inquiry refuses a property that one of the two requests does not require", async () => {
  const message = (by: string, operation: string) =>
    `x-inquiry asks by "${by}", which the request of "${operation}" does not require; ` +
    "it must be a required property of both requests";
  expect(await lintInquiry(INQUIRY, QUEUE, "required: []")).toEqual([
    { rule: RULE, message: message("txn_id", "status"), at: `${PAY}/x-inquiry/by` },
  ]);
  expect(await lintInquiry("x-inquiry: {operation: status, by: id}", QUEUE)).toEqual([
    { rule: RULE, message: message("id", "pay"), at: `${PAY}/x-inquiry/by` },
    { rule: RULE, message: message("id", "status"), at: `${PAY}/x-inquiry/by` },
  ]);
});

test("inquiry refuses an inquired operation without an x-status-queue", async () => {
  expect(await lintInquiry(INQUIRY, "")).toEqual([
    {
      rule: RULE,
      message:
        'Operation "status" is named by an x-inquiry and has no x-status-queue; ' +
        "it must state attempts and periodSeconds",
      at: STATUS,
    },
  ]);
});

test("inquiry refuses an x-status-queue that no x-inquiry needs", async () => {
  expect(await lintInquiry("", QUEUE, "required: [txn_id]", "rejected")).toEqual([
    {
      rule: RULE,
      message: 'x-status-queue of "status" has no effect; an x-inquiry must name the operation',
      at: `${STATUS}/x-status-queue`,
    },
  ]);
});

test("inquiry refuses an x-status-queue with a missing key, an unknown key, or a number below 1", async () => {
  const allowed = "it must have attempts and periodSeconds, and nothing else";
  expect(await lintInquiry(INQUIRY, "x-status-queue: {attempts: 100, period: 120}")).toEqual([
    { rule: RULE, message: `x-status-queue has no periodSeconds; ${allowed}`, at: `${STATUS}/x-status-queue` },
    { rule: RULE, message: `x-status-queue has the key "period"; ${allowed}`, at: `${STATUS}/x-status-queue/period` },
  ]);
  expect(await lintInquiry(INQUIRY, "x-status-queue: {attempts: 0, periodSeconds: 1.5}")).toEqual([
    {
      rule: RULE,
      message: "x-status-queue has attempts 0; it must be an integer > 0",
      at: `${STATUS}/x-status-queue/attempts`,
    },
    {
      rule: RULE,
      message: "x-status-queue has periodSeconds 1.5; it must be an integer > 0",
      at: `${STATUS}/x-status-queue/periodSeconds`,
    },
  ]);
});

test("inquiry refuses a property that the request requires but does not define", async () => {
  const reports = await lintInquiry("x-inquiry: {operation: status, by: id}", QUEUE, "required: [id]");
  expect(reports.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/the request of "status" does not require/),
  );
});

test("inquiry looks for the property in every variant of the request", async () => {
  const variant = "{properties: {txn_id: {}}, required: [txn_id]}";
  expect(await lintInquiry(INQUIRY, QUEUE, `oneOf: [${variant}, ${variant}]`)).toEqual([]);
  expect(await lintInquiry(INQUIRY, QUEUE, `oneOf: [${variant}, {}]`)).toHaveLength(1);
});

const lintReference = (reference: string, [paid, settled]: [string, string]) =>
  lintWith(
    "inquiry",
    `
paths:
  /pay:
    post:
      operationId: pay
      x-inquiry: {operation: status, by: txn_id, reference: ${reference}}
      requestBody: &request {content: {application/json: {schema: {properties: {txn_id: {}}, required: [txn_id]}}}}
      responses: {"200": {content: {application/json: {schema: ${paid}}}}}
  /status:
    post:
      operationId: status
      ${QUEUE}
      requestBody: *request
      responses: {"200": {content: {application/json: {schema: ${settled}}}}}
`,
  );
const DONE = "{properties: {number: {}, status: {const: OK, x-outcome: {OK: succeeded}}}}";
const NOT_DONE = "{properties: {status: {const: NO, x-outcome: {NO: rejected}}}}";

test("inquiry refuses a reference that a successful answer of one of the two operations does not have", async () => {
  const message = (reference: string, operation: string) =>
    `x-inquiry refers to "${reference}", which a successful answer of "${operation}" does not have; ` +
    "it must be a property of the successful answers of both operations";
  const at = `${PAY}/x-inquiry/reference`;
  const bare = "{properties: {status: {const: OK, x-outcome: {OK: succeeded}}}}";
  expect(await lintReference("number", [DONE, `{oneOf: [${bare}, ${DONE}]}`])).toEqual([
    { rule: RULE, message: message("number", "status"), at },
  ]);
  expect(await lintReference("id", [DONE, "{properties: {id: {}}}"])).toEqual([
    { rule: RULE, message: message("id", "pay"), at },
  ]);
});

test("inquiry asks no refusal for the reference", async () => {
  expect(await lintReference("number", [`{oneOf: [${DONE}, ${NOT_DONE}]}`, `{allOf: [${DONE}]}`])).toEqual([]);
});

test("inquiry accepts an unknown status that a queue settles, and a contract without unknown statuses", async () => {
  expect(await lintInquiry(INQUIRY, QUEUE)).toEqual([]);
  expect(await lintInquiry("", "", "required: [txn_id]", "rejected")).toEqual([]);
});
