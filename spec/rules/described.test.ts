import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/described";

test("described refuses everything that the documentation would show without a text", async () => {
  const reports = await lintWith(
    "described",
    `
tags: [{name: Purchase}]
paths:
  /pay:
    post:
      operationId: pay
      requestBody: {content: {}}
      responses:
        "200":
          description: " "
          headers: {Retry-After: {schema: {type: integer}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Price: {type: object, properties: {amount: {type: number}}}
`,
  );
  const rest = (name: string, field = "description") => `${name} has no ${field}; it must have one that is not empty`;
  expect(reports).toHaveLength(9);
  expect(reports).toEqual(
    expect.arrayContaining([
      { rule: RULE, message: rest('Tag "Purchase"'), at: "test.yaml#/tags/0" },
      { rule: RULE, message: rest('Operation "pay"', "summary"), at: "test.yaml#/paths/~1pay/post" },
      { rule: RULE, message: rest('Operation "pay"'), at: "test.yaml#/paths/~1pay/post" },
      { rule: RULE, message: rest("Request body"), at: "test.yaml#/paths/~1pay/post/requestBody" },
      { rule: RULE, message: rest('Response "200"'), at: "test.yaml#/paths/~1pay/post/responses/200" },
      {
        rule: RULE,
        message: rest('Header "Retry-After"'),
        at: "test.yaml#/paths/~1pay/post/responses/200/headers/Retry-After",
      },
      { rule: RULE, message: rest('Security scheme "bearer"'), at: "test.yaml#/components/securitySchemes/bearer" },
      { rule: RULE, message: rest('Schema "Price"'), at: "test.yaml#/components/schemas/Price" },
      { rule: RULE, message: rest('Property "amount"'), at: "test.yaml#/components/schemas/Price/properties/amount" },
    ]),
  );
});

test("described refuses a property that is a boolean schema", async () => {
  const reports = await lintWith(
    "described",
    "components: {schemas: {Price: {description: A price., properties: {extra: true}}}}",
  );
  expect(reports).toEqual([
    {
      rule: RULE,
      message: 'Property "extra" has no description; it must have one that is not empty',
      at: "test.yaml#/components/schemas/Price/properties/extra",
    },
  ]);
});

test("described reports a schema once, however often a $ref leads to it", async () => {
  const reports = await lintWith(
    "described",
    `
components:
  schemas:
    Amount: {type: number}
    Price:
      description: A price.
      properties:
        amount: {$ref: "#/components/schemas/Amount", description: The amount.}
        fee: {$ref: "#/components/schemas/Amount", description: The fee.}
`,
  );
  expect(reports).toEqual([
    {
      rule: RULE,
      message: 'Schema "Amount" has no description; it must have one that is not empty',
      at: "test.yaml#/components/schemas/Amount",
    },
  ]);
});

test("described refuses a schema that a $ref makes a component", async () => {
  const reports = await lintWith(
    "described",
    `
components:
  schemas:
    Price: {description: A price., properties: {amount: {$ref: "#/x-schemas/Amount", description: The amount.}}}
x-schemas: {Amount: {type: number}}
`,
  );
  expect(reports.map(({ at }) => at)).toEqual(["test.yaml#/x-schemas/Amount"]);
});

test("described accepts a property whose text is beside its $ref or behind it", async () => {
  const reports = await lintWith(
    "described",
    `
components:
  schemas:
    Amount: {description: An amount.}
    Price:
      description: A price.
      properties:
        amount: {$ref: "#/components/schemas/Amount"}
        fee: {$ref: "#/components/schemas/Amount", description: The fee.}
`,
  );
  expect(reports).toEqual([]);
});
