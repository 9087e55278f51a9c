import { answerCase, key, notFound, notSold, refund, sale, sold, unknown } from "./answer-case.ts";

const problem = (status: number) => `{"type":"about:blank","title":"Problem","status":${status}}`;
const mediaType = "application/problem+json";
const quiet = { keepsBody: false } as const;
const refusedAtTheDoor = { money: "ask-and-tell", keepsBody: false } as const;

/** The same bodies under other HTTP codes than 200. */
export const httpCodeCases = [
  answerCase("pay", "a sale under 201", sale(key), sold(), { httpStatus: 201 }),
  answerCase("pay", "M10 C5 a sale with its key under 500", sale(key), unknown("http-status"), { httpStatus: 500 }),
  answerCase("pay", "M10 C5 a refusal under 502", '{"status":"WRONG_PRICE"}', unknown("http-status"), {
    httpStatus: 502,
  }),
  answerCase("pay", "M34 C8 a sale with its key under 400", sale(key), unknown("http-status"), { httpStatus: 400 }),
  answerCase("pay", "M34 C8 a sale with its key under 404", sale(key), unknown("http-status"), { httpStatus: 404 }),
  answerCase("pay", "C8 D17 a health page's OK under 409", '{"status":"OK"}', unknown("http-status"), {
    httpStatus: 409,
  }),
  answerCase(
    "pay",
    "C8 D17 a refusal with a key under 400",
    `{"status":"WRONG_PRICE","product":{${key}}}`,
    unknown("http-status"),
    { httpStatus: 400 },
  ),
  answerCase("pay", "C7 WRONG_PRICE under 400", '{"status":"WRONG_PRICE"}', refund(), { httpStatus: 400 }),
  answerCase(
    "pay",
    "C7 PRODUCT_NOT_FOUND under 404, with the nulls of Java",
    '{"status":"PRODUCT_NOT_FOUND","partner_txn_id":null}',
    refund({ "/partner_txn_id": "null" }),
    { httpStatus: 404 },
  ),
  answerCase("pay", "C7 TXN_DUPLICATE under 409", '{"status":"TXN_DUPLICATE"}', unknown("undecided", quiet), {
    httpStatus: 409,
  }),
  answerCase("status", "C7 TXN_NOT_FOUND under 404", '{"status":"TXN_NOT_FOUND"}', notFound(), { httpStatus: 404 }),
  answerCase("check", "C7 PRODUCT_NOT_FOUND under 404", '{"status":"PRODUCT_NOT_FOUND"}', notSold(), {
    httpStatus: 404,
  }),
  ...[400, 401, 403, 404, 405, 413, 415, 422].map((httpStatus) =>
    answerCase(
      "pay",
      `M29 C9 problem details under ${httpStatus}`,
      problem(httpStatus),
      unknown("request-refused", refusedAtTheDoor),
      { httpStatus, mediaType },
    ),
  ),
  ...[408, 409, 425, 429, 499].map((httpStatus) =>
    answerCase("pay", `C9 problem details under ${httpStatus}`, problem(httpStatus), unknown("http-status", quiet), {
      httpStatus,
      mediaType,
    }),
  ),
  ...[302, 307].map((httpStatus) =>
    answerCase("pay", `M28 C10 a redirect, ${httpStatus}`, "", unknown("redirect", quiet), {
      httpStatus,
      mediaType: null,
    }),
  ),
  answerCase("status", "B4 problem details under 503", problem(503), unknown("http-status", quiet), {
    httpStatus: 503,
    mediaType,
  }),
  answerCase(
    "check",
    "C12 problem details under 500",
    problem(500),
    unknown("http-status", { money: "check-again", keepsBody: false }),
    { httpStatus: 500, mediaType },
  ),
];
