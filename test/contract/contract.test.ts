import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { operations } from "@codegames/contract";
import { describe, expect, test } from "vitest";
import { disagreements, missingFrom } from "./comparison.ts";

/** As a reader of the package gets them; a double is near enough to an int64 here. */
const read = (name: string) => JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(`@codegames/contract/${name}`)), "utf8"));
const openapi = read("openapi.json");
const pact = read("pact.json");

/** The pact, with one of its interactions changed. */
function withChanged(description: string, change: (interaction: any) => unknown) {
  const changed = structuredClone(pact);
  change(changed.interactions.find((each: { description: string }) => each.description === description));
  return changed;
}

test("every interaction of the pact is valid against the contract", async () => {
  expect(pact.interactions).toHaveLength(46);
  expect(await disagreements(openapi, pact)).toEqual([]);
});

test("every status and every HTTP code of every operation of the contract occurs in the pact", () => {
  expect(missingFrom(pact)).toEqual([]);
});

describe("the comparison tells", () => {
  test.each<[string, string, (interaction: any) => unknown, string]>([
    ["a status that the contract does not list", "pay is answered with WRONG_PRICE", ({ response }) => (response.body.content.status = "PENDING"), "response.body.incompatible"],
    ["a status of another operation", "status is answered with TXN_NOT_FOUND", ({ response }) => (response.body.content.status = "WRONG_PRICE"), "response.body.incompatible"],
    ["an id as a string", "check is answered with OK", ({ response }) => (response.body.content.product.id = "1"), "response.body.incompatible"],
    ["a price below zero", "check is answered with OK", ({ response }) => (response.body.content.product.price = -1), "response.body.incompatible"],
    ["an HTTP code that the contract does not list", "pay is answered with HTTP 500", ({ response }) => (response.status = 418), "response.status.unknown"],
    ["a media type that the contract does not list", "pay is answered with HTTP 500", ({ response }) => (response.headers["Content-Type"] = ["text/html"]), "response.content-type.incompatible"],
    ["a header that the contract does not list", "pay is answered with HTTP 429", ({ response }) => (response.headers["X-Wait"] = ["5"]), "response.header.unknown"],
    ["a Retry-After that is no number", "pay is answered with HTTP 429", ({ response }) => (response.headers["Retry-After"] = ["soon"]), "response.header.incompatible"],
    ["a request without a field", "pay is answered with OK", ({ request }) => delete request.body.content.txn_id, "request.body.incompatible"],
    ["a request without credentials", "pay is answered with OK", ({ request }) => delete request.headers.Authorization, "request.authorization.missing"],
    ["a path that the contract does not list", "pay is answered with OK", ({ request }) => (request.path = "/buy"), "request.path-or-method.unknown"],
  ])("%s in the pact", async (_, description, change, code) => {
    const found = await disagreements(openapi, withChanged(description, change));
    expect(found.join("\n")).toContain(`${description}: ${code}`);
  });

  test("a status that the contract lost", async () => {
    const changed = structuredClone(openapi);
    const { status } = changed.components.schemas.StatusRefused.properties;
    status.enum = status.enum.filter((each: string) => each !== "TXN_CANCELED");
    expect((await disagreements(changed, pact)).join("\n")).toContain("status is answered with TXN_CANCELED: response.body.incompatible");
  });

  test("a field that the contract lost", async () => {
    const changed = structuredClone(openapi);
    delete changed.components.schemas.Product.properties.partner_price;
    expect((await disagreements(changed, pact)).join("\n")).toContain("check is answered with OK: response.body.incompatible");
  });

  test("a status and an HTTP code that the contract got and the pact has not", () => {
    const { pay } = operations;
    const changed = { ...operations, pay: { ...pay, outcomes: { ...pay.outcomes, LIMIT_EXCEEDED: "rejected" }, problems: { ...pay.problems, 409: undefined } } };
    expect(missingFrom(pact, changed)).toEqual(["pay: LIMIT_EXCEEDED", "pay: HTTP 409"]);
  });

  test("a status and an HTTP code that the pact lost", () => {
    const isKept = ({ description }: { description: string }) => !/^check is answered with (PRODUCT_OUT_OF_STOCK|HTTP 415)$/.test(description);
    expect(missingFrom({ ...pact, interactions: pact.interactions.filter(isKept) })).toEqual(["check: PRODUCT_OUT_OF_STOCK", "check: HTTP 415"]);
  });
});
