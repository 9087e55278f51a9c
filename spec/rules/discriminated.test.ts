import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/discriminated";
const ANSWER = "test.yaml#/components/schemas/Answer";

const lintUnion = (discriminator: string) =>
  lintWith(
    "discriminated",
    `
components:
  schemas:
    Answer:
      oneOf: [{$ref: "#/components/schemas/Done"}, {$ref: "#/components/schemas/Refused"}]
      ${discriminator}
    Done: {properties: {status: {enum: [OK]}}}
    Refused: {properties: {status: {$ref: "#/components/schemas/Reason"}}}
    Reason: {type: string, enum: [LATE, POOR]}
    Size: {oneOf: [{type: string}, {type: integer}]}
`,
  );

const lintMapping = (mapping: string) => lintUnion(`discriminator: {propertyName: status, mapping: {${mapping}}}`);
const done = '"#/components/schemas/Done"';
const refused = '"#/components/schemas/Refused"';

test("discriminated refuses a oneOf of statuses without a discriminator", async () => {
  expect(await lintUnion("")).toEqual([
    {
      rule: RULE,
      message: "oneOf of the statuses OK, LATE, POOR has no discriminator; it must have one that maps each of them",
      at: ANSWER,
    },
  ]);
});

test("discriminated refuses a discriminator without a mapping", async () => {
  expect(await lintUnion("discriminator: {propertyName: status}")).toEqual([
    {
      rule: RULE,
      message: "discriminator has no mapping; it must map OK, LATE, POOR",
      at: `${ANSWER}/discriminator`,
    },
  ]);
});

test("discriminated refuses a discriminator that goes by another property", async () => {
  const mapping = `{OK: ${done}, LATE: ${refused}, POOR: ${refused}}`;
  expect(await lintUnion(`discriminator: {propertyName: code, mapping: ${mapping}}`)).toEqual([
    {
      rule: RULE,
      message: 'discriminator goes by "code"; it must go by "status"',
      at: `${ANSWER}/discriminator/propertyName`,
    },
  ]);
});

test("discriminated refuses a mapping that lacks a status, and one that has another", async () => {
  expect(await lintMapping(`OK: ${done}, LATE: ${refused}, GONE: ${refused}`)).toEqual([
    {
      rule: RULE,
      message: 'mapping has the status "GONE", which no variant lists; the statuses are OK, LATE, POOR',
      at: `${ANSWER}/discriminator/mapping/GONE`,
    },
    {
      rule: RULE,
      message: 'mapping lacks the status "POOR"; it must have OK, LATE, POOR',
      at: `${ANSWER}/discriminator/mapping`,
    },
  ]);
});

test("discriminated refuses a mapping to another variant than the one that lists the status", async () => {
  expect(await lintMapping(`OK: ${done}, LATE: ${done}, POOR: ${refused}`)).toEqual([
    {
      rule: RULE,
      message: 'mapping leads "LATE" to "#/components/schemas/Done"; it must lead to the variant that lists it',
      at: `${ANSWER}/discriminator/mapping/LATE`,
    },
  ]);
});

test("discriminated accepts a mapping of each status to its variant, and a oneOf without statuses", async () => {
  expect(await lintMapping(`OK: ${done}, LATE: ${refused}, POOR: ${refused}`)).toEqual([]);
});
