// Long, because it is one table: each change that a rule of the protocol rates, and how.
import { describe, expect, test, vi } from "vitest";
import {
  addStatus,
  type ChangeCase,
  compareAfter,
  type Contract,
  expectChange,
  readContract,
  schemas,
} from "./contract-changes.ts";

vi.setConfig({ testTimeout: 30_000 });

/** The released contract may lack what the present one says. */
const present = await readContract("openapi.yaml");

const statusOf = (schema: string) => `/components/schemas/${schema}/properties/status`;

const statusCases: ChangeCase[] = [
  {
    name: "a new status of pay",
    edit: addStatus("PayRefused", "PENDING", "unknown"),
    expected: {
      impact: "minor",
      rule: "status-added",
      pointer: statusOf("PayRefused"),
      why:
        "pay can answer PENDING (unknown): older clients do not know it, " +
        "read it as unknown (interpretation D3) and ask status",
    },
  },
  {
    name: "a new status of status",
    edit: addStatus("StatusRefused", "TXN_EXPIRED", "rejected"),
    expected: {
      impact: "minor",
      rule: "status-added",
      pointer: statusOf("StatusRefused"),
      why: "ask again until the attempts are used up; then a person decides about the payment",
    },
  },
  {
    name: "a new status of check",
    edit: addStatus("CheckRefused", "PRODUCT_PAUSED", "rejected"),
    expected: { impact: "minor", rule: "status-added", pointer: statusOf("CheckRefused"), why: "and do not buy" },
  },
  {
    name: "a new variant with a new status",
    edit: (contract) => {
      const status = { description: "Not yet.", type: "string", const: "PENDING", "x-outcome": { PENDING: "unknown" } };
      schemas(contract).PayPending = {
        description: "Not yet.",
        type: "object",
        required: ["status"],
        properties: { status },
      };
      schemas(contract).PayResponse.oneOf.push({ $ref: "#/components/schemas/PayPending" });
    },
    expected: {
      impact: "minor",
      rule: "status-added",
      pointer: statusOf("PayPending"),
      why: "pay can answer PENDING",
    },
  },
  {
    name: "a removed status",
    edit: (contract) => {
      const refused = schemas(contract).PayRefused.properties.status;
      refused.enum = refused.enum.filter((each: string) => each !== "WRONG_PRICE");
      delete refused["x-outcome"].WRONG_PRICE;
    },
    expected: {
      impact: "major",
      rule: "status-removed",
      pointer: statusOf("PayRefused"),
      why: "pay no longer answers WRONG_PRICE (rejected)",
    },
  },
  {
    name: "a renamed status",
    edit: (contract) => {
      const renamed = { const: "DONE", "x-outcome": { DONE: "succeeded" } };
      Object.assign(schemas(contract).StatusSucceeded.properties.status, renamed);
    },
    expected: {
      impact: "major",
      rule: "status-removed",
      pointer: statusOf("StatusSucceeded"),
      why: "status no longer answers OK",
    },
  },
  {
    name: "a changed outcome",
    edit: (contract) => {
      schemas(contract).PayRefused.properties.status["x-outcome"].TXN_DUPLICATE = "rejected";
    },
    expected: {
      impact: "major",
      rule: "outcome-changed",
      pointer: `${statusOf("PayRefused")}/x-outcome/TXN_DUPLICATE`,
      why: "TXN_DUPLICATE of pay was unknown and is rejected",
    },
  },
];

const extensionCases: ChangeCase[] = [
  {
    name: "a new reference",
    edit: (contract) => {
      contract.paths["/pay"].post["x-inquiry"].reference = "partner_txn_id";
    },
    expected: {
      impact: "major",
      rule: "reference-changed",
      pointer: "/paths/~1pay/post/x-inquiry/reference",
      why: "clients withhold an answer whose identifier they know from another transaction",
    },
  },
  {
    name: "another number of attempts",
    edit: (contract) => {
      contract.paths["/status"].post["x-status-queue"].attempts = 50;
    },
    expected: {
      impact: "minor",
      rule: "queue-changed",
      pointer: "/paths/~1status/post/x-status-queue",
      why: 'was {"attempts":100,"periodSeconds":120} and is {"attempts":50,"periodSeconds":120}',
    },
  },
  {
    name: "a removed queue policy",
    edit: (contract) => {
      delete contract.paths["/status"].post["x-status-queue"];
    },
    expected: {
      impact: "major",
      rule: "queue-changed",
      pointer: "/paths/~1status/post/x-status-queue",
      why: "and is absent",
    },
  },
  {
    name: "a removed echo",
    edit: (contract) => {
      delete contract.paths["/pay"].post["x-echo"];
    },
    expected: { impact: "major", rule: "echo-changed", pointer: "/paths/~1pay/post/x-echo", why: "and is absent" },
  },
  {
    name: "a new echo",
    edit: (contract) => {
      contract.paths["/status"].post["x-echo"] = { property: "txn_id", pointer: "/partner_txn_id" };
    },
    expected: { impact: "major", rule: "echo-changed", pointer: "/paths/~1status/post/x-echo", why: "was absent" },
  },
  {
    name: "an inquiry by another field",
    edit: (contract) => {
      contract.paths["/pay"].post["x-inquiry"].by = "product_id";
    },
    expected: {
      impact: "major",
      rule: "inquiry-changed",
      pointer: "/paths/~1pay/post/x-inquiry",
      why: "unclear payments are settled in another way",
    },
  },
  {
    name: "a new inquiry",
    edit: (contract) => {
      contract.paths["/check"].post["x-inquiry"] = { operation: "status", by: "txn_id" };
    },
    expected: {
      impact: "minor",
      rule: "inquiry-changed",
      pointer: "/paths/~1check/post/x-inquiry",
      why: "was absent",
    },
  },
];

const referenceAt = "/paths/~1pay/post/x-inquiry/reference";
const decidesAt = (schema: string, property: string) =>
  `/components/schemas/${schema}/properties/${property}/x-decides`;
const nothing = (schema: string, property: string) => (contract: Contract) => {
  schemas(contract)[schema].properties[property]["x-decides"] = false;
};

const decidesCases: ChangeCase[] = [
  {
    name: "a required property that decides nothing now",
    edit: nothing("SoldProduct", "name"),
    expected: {
      impact: "major",
      rule: "decides-changed",
      pointer: decidesAt("SoldProduct", "name"),
      why: "/product/name of an answer decides nothing now, so a merchant's type makes it optional",
    },
  },
  {
    name: "an optional property that decides nothing now",
    edit: nothing("CheckRefused", "comment"),
    expected: {
      impact: "minor",
      rule: "decides-changed",
      pointer: decidesAt("CheckRefused", "comment"),
      why: "/comment of an answer decides nothing now: older clients still refuse",
    },
  },
];

const undecidingCases: ChangeCase[] = [
  {
    name: "a required property that decides again",
    edit: (contract) => {
      delete schemas(contract).Product.properties.name["x-decides"];
    },
    expected: {
      impact: "major",
      rule: "decides-changed",
      pointer: decidesAt("Product", "name"),
      why: "decides now: a merchant's type requires it again, and an answer in which it is broken",
    },
  },
  {
    name: "an optional property that decides again",
    edit: (contract) => {
      schemas(contract).Product.properties.shortDescription["x-decides"] = true;
    },
    expected: {
      impact: "major",
      rule: "decides-changed",
      pointer: decidesAt("Product", "shortDescription"),
      why: "decides now: an answer in which it is broken, understood before, is now unknown",
    },
  },
  {
    name: "another reference",
    edit: (contract) => {
      contract.paths["/pay"].post["x-inquiry"].reference = "comment";
    },
    expected: {
      impact: "major",
      rule: "reference-changed",
      pointer: referenceAt,
      why: 'was "partner_txn_id" and is "comment"',
    },
  },
  {
    name: "a removed reference",
    edit: (contract) => {
      delete contract.paths["/pay"].post["x-inquiry"].reference;
    },
    expected: { impact: "minor", rule: "reference-changed", pointer: referenceAt, why: "and is absent" },
  },
];

const secretCases: ChangeCase[] = [
  {
    name: "a property that is no longer a secret",
    edit: (contract) => {
      schemas(contract).SoldProduct.properties.productKey["x-secret"] = false;
    },
    expected: {
      impact: "major",
      rule: "secret-changed",
      pointer: "/components/schemas/SoldProduct/properties/productKey/x-secret",
      why: "/product/productKey of pay is no longer a secret",
    },
  },
  {
    name: "a property that becomes a secret",
    edit: (contract) => {
      schemas(contract).Product.properties.addInfo["x-secret"] = true;
    },
    expected: {
      impact: "major",
      rule: "secret-changed",
      pointer: "/components/schemas/Product/properties/addInfo/x-secret",
      why: "/product/addInfo of check is now a secret",
    },
  },
];

describe("the protocol's own rules rate", () => {
  test.each([...statusCases, ...extensionCases, ...decidesCases, ...secretCases])("$name", expectChange);

  test.each(undecidingCases)("$name, against the present contract", async ({ edit, expected }) => {
    const changes = await compareAfter(edit, present);
    expect(changes).toEqual([{ ...expected, why: expect.stringContaining(expected.why) }]);
  });

  test("a schema that several operations answer with, once", async () => {
    const changes = await compareAfter(nothing("SoldProduct", "name"));
    expect(changes.map(({ rule }) => rule)).toEqual(["decides-changed"]);
  });

  test("a request that has the same property, not at all", async () => {
    const [change, ...more] = await compareAfter(nothing("PayRequest", "price"));
    expect([change?.impact, more]).toEqual(["patch", []]);
  });

  test("a change once, which Redocly's rules then do not list again", async () => {
    const changes = await compareAfter((contract) => {
      addStatus("PayRefused", "PENDING", "unknown")(contract);
      schemas(contract).PayRefused.properties.status["x-outcome"].WRONG_PRICE = "unknown";
      delete contract.paths["/pay"].post["x-echo"];
      contract.paths["/status"].post["x-status-queue"].periodSeconds = 60;
      schemas(contract).SoldProduct.properties.productKey["x-secret"] = false;
    });
    expect(changes.map(({ rule }) => rule)).toEqual([
      "outcome-changed",
      "echo-changed",
      "secret-changed",
      "secret-changed",
      "status-added",
      "queue-changed",
    ]);
    const secrets = changes.filter(({ rule }) => rule === "secret-changed");
    expect(secrets.map(({ why }) => why.split(" is ")[0])).toEqual([
      "/product/productKey of pay",
      "/product/productKey of status",
    ]);
  });
});
