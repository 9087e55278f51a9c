import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleDocument } from "@codegames/codegen/bundle";
import type { JsonObject } from "@codegames/codegen/document";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { impactOf } from "./change.ts";
import { compareContracts, printJson } from "./compare.ts";
import { isAtLeast, leastVersion } from "./version.ts";

vi.setConfig({ testTimeout: 30_000 });

const read = async (file: string) => (await bundleDocument(fileURLToPath(new URL(`../../../spec/${file}`, import.meta.url)))).root;

/** The released contract as it is written, for edits that a type would only be in the way of. */
type Contract = any;

let released: JsonObject;
beforeAll(async () => {
  released = await read("released/openapi.json");
});

const after = (edit: (contract: Contract) => void) => {
  const contract = structuredClone(released);
  edit(contract);
  return compareContracts(released, contract);
};

const schemas = (contract: Contract) => contract.components.schemas;
const addStatus = (schema: string, status: string, outcome: string) => (contract: Contract) => {
  const { enum: values, "x-outcome": outcomes } = schemas(contract)[schema].properties.status;
  values.push(status);
  outcomes[status] = outcome;
};
const status = (schema: string) => `/components/schemas/${schema}/properties/status`;

/** An edit, and the verdict that must come first: impact, rule, pointer, and a part of the reason. */
const table: [name: string, edit: (contract: Contract) => void, impact: string, rule: string, pointer: string, why: string][] = [
  ["a new status of pay", addStatus("PayRefused", "PENDING", "unknown"), "minor", "status-added", status("PayRefused"), "pay can answer PENDING (unknown): older clients do not know it, read it as unknown (interpretation D3) and ask status"],
  ["a new status of status", addStatus("StatusRefused", "TXN_EXPIRED", "rejected"), "minor", "status-added", status("StatusRefused"), "ask again until the attempts are used up; then the payment is for a person"],
  ["a new status of check", addStatus("CheckRefused", "PRODUCT_PAUSED", "rejected"), "minor", "status-added", status("CheckRefused"), "and do not buy"],
  ["a new status as a variant of its own", (contract) => {
    schemas(contract).PayPending = { description: "Not yet.", type: "object", required: ["status"], properties: { status: { description: "Not yet.", type: "string", const: "PENDING", "x-outcome": { PENDING: "unknown" } } } };
    schemas(contract).PayResponse.oneOf.push({ $ref: "#/components/schemas/PayPending" });
  }, "minor", "status-added", status("PayPending"), "pay can answer PENDING"],
  ["a variant of a status that exists", (contract) => {
    schemas(contract).PaySucceeded2 = { ...structuredClone(schemas(contract).PaySucceeded), required: ["status"] };
    schemas(contract).PayResponse.oneOf.push({ $ref: "#/components/schemas/PaySucceeded2" });
  }, "major", "schema-combinator-changed", "/components/schemas/PayResponse/oneOf/2", "added"],
  ["a removed status", (contract) => {
    const refused = schemas(contract).PayRefused.properties.status;
    refused.enum = refused.enum.filter((each: string) => each !== "WRONG_PRICE");
    delete refused["x-outcome"].WRONG_PRICE;
  }, "major", "status-removed", status("PayRefused"), "pay no longer answers WRONG_PRICE (rejected)"],
  ["a renamed status", (contract) => {
    Object.assign(schemas(contract).StatusSucceeded.properties.status, { const: "DONE", "x-outcome": { DONE: "succeeded" } });
  }, "major", "status-removed", status("StatusSucceeded"), "status no longer answers OK"],
  ["a changed outcome", (contract) => {
    schemas(contract).PayRefused.properties.status["x-outcome"].TXN_DUPLICATE = "rejected";
  }, "major", "outcome-changed", `${status("PayRefused")}/x-outcome/TXN_DUPLICATE`, "TXN_DUPLICATE of pay was unknown and is rejected"],
  ["another number of attempts", (contract) => {
    contract.paths["/status"].post["x-status-queue"].attempts = 50;
  }, "minor", "queue-changed", "/paths/~1status/post/x-status-queue", 'was {"attempts":100,"periodSeconds":120} and is {"attempts":50,"periodSeconds":120}'],
  ["no queue policy", (contract) => {
    delete contract.paths["/status"].post["x-status-queue"];
  }, "major", "queue-changed", "/paths/~1status/post/x-status-queue", "and is absent"],
  ["a secret that is none any more", (contract) => {
    schemas(contract).SoldProduct.properties.productKey["x-secret"] = false;
  }, "major", "secret-changed", "/components/schemas/SoldProduct/properties/productKey/x-secret", "/product/productKey of pay is no secret any more"],
  ["a value that becomes a secret", (contract) => {
    schemas(contract).Product.properties.addInfo["x-secret"] = true;
  }, "major", "secret-changed", "/components/schemas/Product/properties/addInfo/x-secret", "/product/addInfo of check is now a secret"],
  ["no echo", (contract) => {
    delete contract.paths["/pay"].post["x-echo"];
  }, "major", "echo-changed", "/paths/~1pay/post/x-echo", "and is absent"],
  ["an echo of another field", (contract) => {
    contract.paths["/status"].post["x-echo"] = { property: "txn_id", pointer: "/partner_txn_id" };
  }, "major", "echo-changed", "/paths/~1status/post/x-echo", "was absent"],
  ["an inquiry by another field", (contract) => {
    contract.paths["/pay"].post["x-inquiry"].by = "product_id";
  }, "major", "inquiry-changed", "/paths/~1pay/post/x-inquiry", "unclear payments are settled in another way"],
  ["a new inquiry", (contract) => {
    contract.paths["/check"].post["x-inquiry"] = { operation: "status", by: "txn_id" };
  }, "minor", "inquiry-changed", "/paths/~1check/post/x-inquiry", "was absent"],
  ["a removed operation", (contract) => void delete contract.paths["/status"], "major", "path-removed", "/paths/~1status", "removed"],
  ["a new operation", (contract) => {
    contract.paths["/refund"] = { post: { ...structuredClone(contract.paths["/check"].post), operationId: "refund" } };
  }, "minor", "added", "/paths/~1refund", "added"],
  ["a removed HTTP code", (contract) => void delete contract.paths["/pay"].post.responses["429"], "major", "response-removed", "/paths/~1pay/post/responses/429", "removed"],
  ["a new required field of a request", (contract) => {
    schemas(contract).PayRequest.properties.currency = { description: "ISO 4217.", type: "string" };
    schemas(contract).PayRequest.required.push("currency");
  }, "major", "required-properties-added", "/components/schemas/PayRequest/required", "currency"],
  ["a new optional field of an answer", (contract) => {
    schemas(contract).Product.properties.vendor = { description: "Who makes it.", type: "string" };
  }, "minor", "added", "/components/schemas/Product/properties/vendor", "added"],
  ["a field of a request that is no longer required", (contract) => {
    schemas(contract).PayRequest.required = ["product_id", "txn_id"];
  }, "major", "older-provider", "/components/schemas/PayRequest/required", "a provider of the last release refuses what is now allowed"],
  ["a longer transaction id", (contract) => {
    schemas(contract).TxnId.maxLength = 256;
  }, "major", "older-provider", "/components/schemas/TxnId/maxLength", "from 128 to 256"],
  ["a field that every answer must have now", (contract) => {
    schemas(contract).PaySucceeded.required.push("product");
  }, "major", "older-provider", "/components/schemas/PaySucceeded/required", "a provider of the last release sends what is no longer allowed"],
  ["a header that an answer may leave out", (contract) => {
    contract.components.responses.TooManyRequests.headers["Retry-After"].required = false;
  }, "major", "older-provider", "/components/responses/TooManyRequests/headers/Retry-After/required", "from true to false"],
  ["a removed way to authenticate", (contract) => {
    contract.security = contract.security.filter((each: object) => !("hmac" in each));
  }, "major", "security-requirement-changed", "/security/3", "hmac"],
  ["a product id of 32 bits", (contract) => {
    schemas(contract).ProductId.format = "int32";
  }, "major", "schema-constraint-changed", "/components/schemas/ProductId/format", "int32"],
  ["another description", (contract) => {
    schemas(contract).Price.description = "Price.";
  }, "patch", "changed", "/components/schemas/Price/description", "modified"],
  ["another example", (contract) => {
    contract.components.examples["pay-OK"].value.comment = "Paid";
  }, "patch", "unrated", "", "examples"],
  ["a bound that differs beyond 2^53", (contract) => {
    schemas(contract).ProductId.maximum = 9223372036854775806n;
  }, "patch", "unrated", "", "the digits of bounds beyond 2^53"],
];

describe("a change of the contract", () => {
  test.each(table)("%s", async (_, edit, impact, rule, pointer, why) => {
    const changes = await after(edit);
    expect(changes[0]).toMatchObject({ impact, rule, pointer, why: expect.stringContaining(why) });
    expect(impactOf(changes)).toBe(impact);
  });

  test("is told once, by one of the two raters: a status, its outcome and an extension are ours", async () => {
    const changes = await after((contract) => {
      addStatus("PayRefused", "PENDING", "unknown")(contract);
      schemas(contract).PayRefused.properties.status["x-outcome"].WRONG_PRICE = "unknown";
      delete contract.paths["/pay"].post["x-echo"];
      contract.paths["/status"].post["x-status-queue"].periodSeconds = 60;
      schemas(contract).SoldProduct.properties.productKey["x-secret"] = false;
    });
    expect(changes.map(({ rule }) => rule)).toEqual(["outcome-changed", "echo-changed", "secret-changed", "secret-changed", "status-added", "queue-changed"]);
    expect(changes.filter(({ rule }) => rule === "secret-changed").map(({ why }) => why.split(" is ")[0])).toEqual(["/product/productKey of pay", "/product/productKey of status"]);
  });

  test("is not seen where nothing or only the version has changed", async () => {
    expect(await after(() => {})).toEqual([]);
    expect(await after((contract) => void (contract.info.version = "9.9.9"))).toEqual([]);
  });
});

test("the present contract has a version that says what has changed since the released one", async () => {
  const contract = await read("openapi.yaml");
  const changes = await compareContracts(released, contract);
  const [before, now] = [released, contract].map((each) => String((each["info"] as JsonObject)["version"]));
  const least = leastVersion(before!, impactOf(changes));
  expect(isAtLeast(now!, least), `info.version is ${now} and must be ${least} or later: npm run diff says why`).toBe(true);
});

test("the released contract is as --release writes it", () => {
  expect(readFileSync(new URL("../../../spec/released/openapi.json", import.meta.url), "utf8")).toBe(printJson(released));
});
