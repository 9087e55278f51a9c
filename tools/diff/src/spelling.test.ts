import { expect, test, vi } from "vitest";
import { impactOf } from "./change.ts";
import { type Contract, compareAfter, readContract, schemas } from "./contract-changes.ts";
import { spellAlike } from "./spelling.ts";

vi.setConfig({ testTimeout: 30_000 });

const present = await readContract("openapi.yaml");

const onlyUnrated = [expect.objectContaining({ impact: "patch", rule: "unrated" })];

test.each<[string, (contract: Contract) => void]>([
  [
    "a const in place of an enum of one value",
    (contract) => {
      const { status } = schemas(contract).PaySucceeded.properties;
      delete status.enum;
      status.const = "OK";
    },
  ],
  ["another order of security", (contract) => void contract.security.reverse()],
  [
    "a text of a server variable",
    (contract) => void (contract.servers[0].variables.partner_url.description = "The base URL."),
  ],
])("compareContracts() finds no change of meaning in %s", async (_, edit) => {
  expect(await compareAfter(edit, present)).toEqual(onlyUnrated);
});

test("compareContracts() still finds that a const has another value than the enum", async () => {
  const changes = await compareAfter((contract) => {
    const { status } = schemas(contract).PaySucceeded.properties;
    delete status.enum;
    status.const = "DONE";
    status["x-outcome"] = { DONE: "succeeded" };
  }, present);
  expect(changes.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["status-added", "status-removed"]));
  expect(impactOf(changes)).toBe("major");
});

test("compareContracts() rates a new discriminator as minor: other generators print other types", async () => {
  const edit = (contract: Contract) => void delete contract.components.schemas.PayResponse.discriminator;
  const without = structuredClone(present);
  edit(without);
  const changes = await compareAfter((contract) => {
    schemas(contract).PayResponse.discriminator = schemas(present).PayResponse.discriminator;
  }, without);
  expect(changes).toMatchObject([
    { impact: "minor", rule: "added", pointer: "/components/schemas/PayResponse/discriminator" },
  ]);
});

test("compareContracts() finds a new status minor when the mapping has it too", async () => {
  const changes = await compareAfter((contract) => {
    const { PayRefusedStatus, PayResponse } = schemas(contract);
    PayRefusedStatus.enum.push("LIMIT_EXCEEDED");
    PayRefusedStatus["x-outcome"].LIMIT_EXCEEDED = "rejected";
    PayResponse.discriminator.mapping.LIMIT_EXCEEDED = "#/components/schemas/PayRefused";
  }, present);
  expect(changes[0]).toMatchObject({ impact: "minor", rule: "status-added" });
  expect(impactOf(changes)).toBe("minor");
});

test("spellAlike() leaves a property that is named const, and data, as they are", () => {
  const schema = { properties: { const: { type: "string" } }, examples: [{ const: 1 }], default: { const: 2 } };
  expect(spellAlike({ components: { schemas: { Odd: schema } } })).toEqual({
    components: { schemas: { Odd: schema } },
  });
});
