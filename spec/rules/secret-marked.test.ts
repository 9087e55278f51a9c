import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/secret-marked";
const PROPERTIES = "test.yaml#/components/schemas/Sold/properties";

/** The end of a message about a missing mark. */
const UNMARKED = "and has no x-secret; it must state x-secret: true or x-secret: false";

const lintProperties = (properties: string, options = {}) =>
  lintWith("secret-marked", `components: {schemas: {Sold: {properties: ${properties}}}}`, options);

test("secret-marked refuses a property that is named like a secret and has no mark", async () => {
  expect(await lintProperties("{productKey: {type: string}}")).toEqual([
    {
      rule: RULE,
      message: `Property "productKey" is named like a secret ${UNMARKED}`,
      at: `${PROPERTIES}/productKey`,
    },
  ]);
});

test.each(["{type: [object, 'null']}", "{type: object, properties: {}}"])(
  "secret-marked refuses the free-form %s without a mark",
  async (schema) => {
    expect(await lintProperties(`{addInfo: ${schema}}`)).toEqual([
      {
        rule: RULE,
        message: `Property "addInfo" is a free-form object ${UNMARKED}`,
        at: `${PROPERTIES}/addInfo`,
      },
    ]);
  },
);

test.each(["true", "{description: Anything.}"])(
  "secret-marked refuses %s, which may contain anything",
  async (schema) => {
    expect(await lintProperties(`{payload: ${schema}}`)).toEqual([
      {
        rule: RULE,
        message: `Property "payload" may contain anything ${UNMARKED}`,
        at: `${PROPERTIES}/payload`,
      },
    ]);
  },
);

test("secret-marked refuses a mark that is not a boolean, beside a $ref too", async () => {
  expect(await lintProperties('{pin: {$ref: "#/components/schemas/Sold", x-secret: 1}}')).toEqual([
    { rule: RULE, message: "x-secret is 1; it must be true or false", at: `${PROPERTIES}/pin/x-secret` },
  ]);
  expect(await lintProperties('{pin: {type: string, x-secret: "no"}}')).toEqual([
    { rule: RULE, message: 'x-secret is "no"; it must be true or false', at: `${PROPERTIES}/pin/x-secret` },
  ]);
});

test("secret-marked finds names like a secret by its pattern", async () => {
  const reports = await lintProperties("{voucher: {type: string}, key: {type: string}}", { pattern: "^voucher$" });
  expect(reports.map(({ at }) => at)).toEqual([`${PROPERTIES}/voucher`]);
});

test.each([
  ["a mark of false", "{addInfo: {type: object, x-secret: false}}"],
  ["a mark beside a $ref", '{key: {$ref: "#/components/schemas/Sold", x-secret: true}}'],
  [
    "a mark behind a $ref",
    '{key: {$ref: "#/components/schemas/Sold/properties/pin"}, pin: {type: string, x-secret: true}}',
  ],
  ["a name that only starts like a secret", "{keychain: {type: string}}"],
  ["a closed object", "{addInfo: {type: object, additionalProperties: false}}"],
  ["an object with properties", "{product: {type: object, properties: {id: {type: string}}}}"],
  ["a choice without a type", "{state: {enum: [a, b]}}"],
])("secret-marked accepts %s", async (_case, properties) => {
  expect(await lintProperties(properties)).toEqual([]);
});
