import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { describe, expect, test } from "vitest";
import { findDisagreements, findMissing } from "./comparison.ts";
import type { Json } from "./exact-json.ts";

/** Reads a published file. Here a double is near enough to an int64. */
const read = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(`@codegames/contract/${name}`)), "utf8"));
/** Changes an interaction in place. */
type Change = (interaction: Json) => unknown;

const openapi = read("openapi.json");
const pact = read("pact.json");

/** Returns a copy of the pact with one changed interaction. */
function changePact(description: string, change: Change) {
  const changed = structuredClone(pact);
  change(changed.interactions.find((each: { description: string }) => each.description === description));
  return changed;
}

test("every interaction of the pact is valid against the contract", async () => {
  expect(pact.interactions).toHaveLength(46);
  expect(await findDisagreements(openapi, pact)).toEqual([]);
});

test("every status and every HTTP code of every operation of the contract occurs in the pact", () => {
  expect(findMissing(pact)).toEqual([]);
});

describe("the comparison reports", () => {
  test.each<[string, string, Change, string]>([
    [
      "a status that the contract does not list",
      "pay is answered with WRONG_PRICE",
      ({ response }) => (response.body.content.status = "PENDING"),
      "response.body.incompatible",
    ],
    [
      "a status of another operation",
      "status is answered with TXN_NOT_FOUND",
      ({ response }) => (response.body.content.status = "WRONG_PRICE"),
      "response.body.incompatible",
    ],
    [
      "an id as a string",
      "check is answered with OK",
      ({ response }) => (response.body.content.product.id = "1"),
      "response.body.incompatible",
    ],
    [
      "a price below zero",
      "check is answered with OK",
      ({ response }) => (response.body.content.product.price = -1),
      "response.body.incompatible",
    ],
    [
      "an HTTP code that the contract does not list",
      "pay is answered with HTTP 500",
      ({ response }) => (response.status = 418),
      "response.status.unknown",
    ],
    [
      "a media type that the contract does not list",
      "pay is answered with HTTP 500",
      ({ response }) => (response.headers["Content-Type"] = ["text/html"]),
      "response.content-type.incompatible",
    ],
    [
      "a header that the contract does not list",
      "pay is answered with HTTP 429",
      ({ response }) => (response.headers["X-Wait"] = ["5"]),
      "response.header.unknown",
    ],
    [
      "a Retry-After that is no number",
      "pay is answered with HTTP 429",
      ({ response }) => (response.headers["Retry-After"] = ["soon"]),
      "response.header.incompatible",
    ],
    [
      "a request without a field",
      "pay is answered with OK",
      ({ request }) => delete request.body.content.txn_id,
      "request.body.incompatible",
    ],
    [
      "a request without credentials",
      "pay is answered with OK",
      ({ request }) => delete request.headers.Authorization,
      "request.authorization.missing",
    ],
    [
      "a path that the contract does not list",
      "pay is answered with OK",
      ({ request }) => (request.path = "/buy"),
      "request.path-or-method.unknown",
    ],
  ])("%s in the pact", async (_, description, change, code) => {
    const found = await findDisagreements(openapi, changePact(description, change));
    expect(found.join("\n")).toContain(`${description}: ${code}`);
  });

  test("a status that is missing in the contract", async () => {
    const changed = structuredClone(openapi);
    const status = changed.components.schemas.StatusRefusedStatus;
    status.enum = status.enum.filter((each: string) => each !== "TXN_CANCELED");
    const found = (await findDisagreements(changed, pact)).join("\n");
    expect(found).toContain("status is answered with TXN_CANCELED: response.body.incompatible");
  });

  test("a field that is missing in the contract", async () => {
    const changed = structuredClone(openapi);
    delete changed.components.schemas.Product.properties.partner_price;
    expect((await findDisagreements(changed, pact)).join("\n")).toContain(
      "check is answered with OK: response.body.incompatible",
    );
  });

  test("a status and an HTTP code that are new in the contract", () => {
    const { pay } = operations;
    const outcomes = { ...pay.outcomes, LIMIT_EXCEEDED: "rejected" };
    const changed = { ...operations, pay: { ...pay, outcomes, problems: { ...pay.problems, 409: undefined } } };
    expect(findMissing(pact, changed)).toEqual(["pay: LIMIT_EXCEEDED", "pay: HTTP 409"]);
  });

  test("a status and an HTTP code that are missing in the pact", () => {
    const lost = /^check is answered with (PRODUCT_OUT_OF_STOCK|HTTP 415)$/;
    const interactions = pact.interactions.filter(
      ({ description }: { description: string }) => !lost.test(description),
    );
    expect(findMissing({ ...pact, interactions })).toEqual(["check: PRODUCT_OUT_OF_STOCK", "check: HTTP 415"]);
  });
});
