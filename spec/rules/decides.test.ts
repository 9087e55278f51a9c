import { expect, test } from "vitest";
import { lintFilesWith, lintWith } from "./lint-with.ts";

const RULE = "codegames/decides";
const ORDERED = "test.yaml#/components/schemas/Ordered/properties";

/** A contract whose answer has the properties, and whose request has others. */
const lintProperties = (properties: string, { request = "{}", operation = "", answer = "" } = {}) =>
  lintWith(
    "decides",
    `
paths:
  /order:
    post:
      ${operation}
      requestBody: {content: {application/json: {schema: {properties: ${request}}}}}
      responses:
        "200": {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/Ordered"}${answer}]}}}}
        "400": {content: {application/problem+json: {schema: {properties: {title: {type: string, x-decides: false}}}}}}
components:
  schemas:
    Ordered: {properties: ${properties}}
    Tickets: {type: array, items: {properties: {code: {type: string, x-secret: true}}}}
    Note: {type: string}
`,
  );

test("decides refuses a mark that is not a boolean, beside a $ref too", async () => {
  const [note, name] = ['{$ref: "#/components/schemas/Note", x-decides: "no"}', "{type: string, x-decides: 0}"];
  expect(await lintProperties(`{note: ${note}, name: ${name}}`)).toEqual([
    { rule: RULE, message: 'x-decides is "no"; it must be true or false', at: `${ORDERED}/note/x-decides` },
    { rule: RULE, message: "x-decides is 0; it must be true or false", at: `${ORDERED}/name/x-decides` },
  ]);
});

const SECRET = "is a secret, or can contain one (x-secret)";

test.each([
  [
    "status",
    "{type: string, const: OK, x-outcome: {OK: succeeded}, x-decides: false}",
    "has outcome classes (x-outcome)",
  ],
  ["code", "{type: string, x-secret: true, x-decides: false}", SECRET],
  ["tickets", '{$ref: "#/components/schemas/Tickets", x-decides: false}', SECRET],
  ["choice", '{oneOf: [{type: string}, {$ref: "#/components/schemas/Tickets"}], x-decides: false}', SECRET],
  ["more", "{additionalProperties: {type: string, x-secret: true}, x-decides: false}", SECRET],
])("decides refuses a %s that a reader cannot do without", async (name, schema, reason) => {
  expect(await lintProperties(`{${name}: ${schema}}`)).toEqual([
    { rule: RULE, message: `x-decides is false for "${name}", which ${reason}`, at: `${ORDERED}/${name}/x-decides` },
  ]);
});

test("decides refuses a member that tells variants apart, in each of them", async () => {
  const answer = ", {properties: {kind: {const: two}, note: {const: a}}}";
  const reports = await lintProperties("{kind: {const: one, x-decides: false}, note: {const: b}}", { answer });
  expect(reports).toEqual([
    {
      rule: RULE,
      message: 'x-decides is false for "kind", which tells the variants of an answer apart',
      at: `${ORDERED}/kind/x-decides`,
    },
  ]);
});

test("decides refuses a member that repeats the request, wherever it stands", async () => {
  const operation = "x-echo: {property: id, pointer: /item~1s/id}";
  const properties = "{item/s: {properties: {id: {type: integer, x-decides: false}}}}";
  expect(await lintProperties(properties, { operation })).toEqual([
    {
      rule: RULE,
      message: 'x-decides is false for "id", which repeats a value of the request (x-echo)',
      at: `${ORDERED}/item~1s/properties/id/x-decides`,
    },
  ]);
});

test("decides refuses a member that only requests have", async () => {
  expect(await lintProperties("{}", { request: "{note: {type: string, x-decides: false}}" })).toEqual([
    {
      rule: RULE,
      message: 'x-decides is false for "note", which is in no answer, and requests are read strictly',
      at: "test.yaml#/paths/~1order/post/requestBody/content/application~1json/schema/properties/note/x-decides",
    },
  ]);
});

test("decides refuses a mark that is not on a property", async () => {
  const message = "x-decides has no effect here; it belongs to a property of an answer";
  expect(await lintProperties("{notes: {type: array, items: {type: string, x-decides: false}}}")).toEqual([
    { rule: RULE, message, at: `${ORDERED}/notes/items/x-decides` },
  ]);
  const contract = "components: {schemas: {Note: {type: string, x-decides: false}}}";
  expect(await lintWith("decides", contract)).toEqual([
    { rule: RULE, message, at: "test.yaml#/components/schemas/Note/x-decides" },
  ]);
});

test("decides reads the schemas of a contract of several files once each", async () => {
  const reports = await lintFilesWith("decides", {
    "openapi.yaml": `openapi: 3.1.0
info: {title: Test, version: 1.0.0}
paths:
  /order:
    post:
      x-echo: {property: id, pointer: /product/id}
      responses:
        "200": {content: {application/json: {schema: {$ref: Ordered.yaml}}}}
        "201": {content: {application/json: {schema: {$ref: Ordered.yaml}}}}`,
    "Ordered.yaml": "properties: {product: {$ref: Product.yaml}, note: {$ref: Note.yaml, x-decides: false}}",
    "Product.yaml": "properties: {id: {$ref: Note.yaml, x-decides: false}, parent: {$ref: Product.yaml}}",
    "Note.yaml": "type: string",
  });
  expect(reports.map(({ at }) => at)).toEqual(["Product.yaml#/properties/id/x-decides"]);
});

test.each([
  ["a mark of true", "{note: {type: string, x-decides: true}}"],
  ["a mark beside a $ref", '{note: {$ref: "#/components/schemas/Note", x-decides: false}}'],
  ["a member without classes that is named status", "{status: {type: integer, x-decides: false}}"],
  ["a free-form object without secrets", "{addInfo: {type: object, x-secret: false, x-decides: false}}"],
  ["a property that is named like a keyword", "{items: {type: string, x-decides: false}, properties: {type: string}}"],
])("decides accepts %s", async (_case, properties) => {
  expect(await lintProperties(properties)).toEqual([]);
});
