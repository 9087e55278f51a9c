import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { impactOf } from "./change.ts";
import { compareContracts, printJson } from "./compare.ts";
import { type ChangeCase, compareAfter, expectChange, readContract, released, schemas } from "./contract-changes.ts";
import { isAtLeast, leastVersion } from "./version.ts";

vi.setConfig({ testTimeout: 30_000 });

const redoclyCases: ChangeCase[] = [
  {
    name: "a second variant of a known status",
    edit: (contract) => {
      const succeeded = structuredClone(schemas(contract).PaySucceeded);
      schemas(contract).PaySucceeded2 = { ...succeeded, required: ["status"] };
      schemas(contract).PayResponse.oneOf.push({ $ref: "#/components/schemas/PaySucceeded2" });
    },
    expected: {
      impact: "major",
      rule: "schema-combinator-changed",
      pointer: "/components/schemas/PayResponse/oneOf/2",
      why: "added",
    },
  },
  {
    name: "a removed operation",
    edit: (contract) => {
      delete contract.paths["/status"];
    },
    expected: { impact: "major", rule: "path-removed", pointer: "/paths/~1status", why: "removed" },
  },
  {
    name: "a new operation",
    edit: (contract) => {
      const refund = { ...structuredClone(contract.paths["/check"].post), operationId: "refund" };
      contract.paths["/refund"] = { post: refund };
    },
    expected: { impact: "minor", rule: "added", pointer: "/paths/~1refund", why: "added" },
  },
  {
    name: "a removed HTTP code",
    edit: (contract) => {
      delete contract.paths["/pay"].post.responses["429"];
    },
    expected: {
      impact: "major",
      rule: "response-removed",
      pointer: "/paths/~1pay/post/responses/429",
      why: "removed",
    },
  },
  {
    name: "a new required field of a request",
    edit: (contract) => {
      schemas(contract).PayRequest.properties.currency = { description: "ISO 4217.", type: "string" };
      schemas(contract).PayRequest.required.push("currency");
    },
    expected: {
      impact: "major",
      rule: "required-properties-added",
      pointer: "/components/schemas/PayRequest/required",
      why: "currency",
    },
  },
  {
    name: "a new optional field of an answer",
    edit: (contract) => {
      schemas(contract).Product.properties.vendor = { description: "Who makes it.", type: "string" };
    },
    expected: {
      impact: "minor",
      rule: "added",
      pointer: "/components/schemas/Product/properties/vendor",
      why: "added",
    },
  },
  {
    name: "a removed way to authenticate",
    edit: (contract) => {
      contract.security = contract.security.filter((each: object) => !("hmac" in each));
    },
    expected: { impact: "major", rule: "security-requirement-changed", pointer: "/security/3", why: "hmac" },
  },
  {
    name: "a product id of 32 bits",
    edit: (contract) => {
      schemas(contract).ProductId.format = "int32";
    },
    expected: {
      impact: "major",
      rule: "schema-constraint-changed",
      pointer: "/components/schemas/ProductId/format",
      why: "int32",
    },
  },
  {
    name: "another description",
    edit: (contract) => {
      schemas(contract).Price.description = "Price.";
    },
    expected: {
      impact: "patch",
      rule: "changed",
      pointer: "/components/schemas/Price/description",
      why: "modified",
    },
  },
];

const olderProviderCases: ChangeCase[] = [
  {
    name: "a field of a request that is no longer required",
    edit: (contract) => {
      schemas(contract).PayRequest.required = ["product_id", "txn_id"];
    },
    expected: {
      impact: "major",
      rule: "older-provider",
      pointer: "/components/schemas/PayRequest/required",
      why: "a provider of the last release refuses what is now allowed",
    },
  },
  {
    name: "a longer transaction id",
    edit: (contract) => {
      schemas(contract).TxnId.maxLength = 256;
    },
    expected: {
      impact: "major",
      rule: "older-provider",
      pointer: "/components/schemas/TxnId/maxLength",
      why: "from 128 to 256",
    },
  },
  {
    name: "a field of an answer that is now required",
    edit: (contract) => {
      schemas(contract).PaySucceeded.required.push("product");
    },
    expected: {
      impact: "major",
      rule: "older-provider",
      pointer: "/components/schemas/PaySucceeded/required",
      why: "a provider of the last release sends what is no longer allowed",
    },
  },
  {
    name: "an identifier in an answer that has no maximum length now",
    edit: (contract) => {
      delete schemas(contract).PartnerTxnId.maxLength;
    },
    expected: {
      impact: "major",
      rule: "older-client",
      pointer: "/components/schemas/PartnerTxnId",
      why: "`maxLength` of `partner_txn_id` was removed. A client of the last release refuses what is now allowed",
    },
  },
  {
    name: "a header of an answer that is no longer required",
    edit: (contract) => {
      contract.components.responses.TooManyRequests.headers["Retry-After"].required = false;
    },
    expected: {
      impact: "major",
      rule: "older-provider",
      pointer: "/components/responses/TooManyRequests/headers/Retry-After/required",
      why: "from true to false: one side of the last release relies on the old value",
    },
  },
];

const unratedCases: ChangeCase[] = [
  {
    name: "another example",
    edit: (contract) => {
      contract.components.examples["pay-OK"].value.comment = "Paid";
    },
    expected: { impact: "patch", rule: "unrated", pointer: "", why: "examples" },
  },
  {
    name: "a bound that differs beyond 2^53",
    edit: (contract) => {
      schemas(contract).ProductId.maximum = 9223372036854775806n;
    },
    expected: { impact: "patch", rule: "unrated", pointer: "", why: "the digits of bounds beyond 2^53" },
  },
];

describe("compareContracts() lists", () => {
  test.each([...redoclyCases, ...olderProviderCases, ...unratedCases])("$name", expectChange);

  test("nothing when only the version has changed, or nothing at all", async () => {
    expect(await compareAfter(() => {})).toEqual([]);
    expect(await compareAfter((contract) => void (contract.info.version = "9.9.9"))).toEqual([]);
  });
});

test("the version of the contract is as high as its changes since the last release demand", async () => {
  const contract = await readContract("openapi.yaml");
  const changes = await compareContracts(released, contract);
  const [before, now] = [released, contract].map((each) => (each["info"] as { version: string }).version);
  const least = leastVersion(before!, impactOf(changes));
  const hint = `info.version is ${now} and must be ${least} or later: npm run diff says why`;
  expect(isAtLeast(now!, least), hint).toBe(true);
});

test("the released contract has the exact text that --release writes", () => {
  const file = new URL("../../../spec/released/openapi.json", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(printJson(released));
});
