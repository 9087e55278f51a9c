import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/enumerated";
const STATUS = "test.yaml#/components/schemas/Answer/properties/status";

const lintStatus = (status: string) =>
  lintWith(
    "enumerated",
    `components: {schemas: {Answer: {properties: {status: ${status}}}, Reason: {enum: [LATE, POOR]}}}`,
  );

test("enumerated refuses a const", async () => {
  expect(await lintStatus("{type: string, const: OK}")).toEqual([
    {
      rule: RULE,
      message: 'Schema has const "OK"; it must have enum: ["OK"], which no tool reads as any text',
      at: `${STATUS}/const`,
    },
  ]);
});

test("enumerated refuses an enum of several texts without a name", async () => {
  expect(await lintStatus("{type: string, enum: [LATE, POOR]}")).toEqual([
    {
      rule: RULE,
      message: 'Property "status" lists several texts in place; they must be a schema of their own, behind a $ref',
      at: `${STATUS}/enum`,
    },
  ]);
});

test("enumerated accepts an enum of one text, of numbers, and one behind a $ref", async () => {
  for (const status of ["{enum: [OK]}", "{enum: [400, 500]}", '{$ref: "#/components/schemas/Reason"}']) {
    expect(await lintStatus(status)).toEqual([]);
  }
});
