import { expect, test } from "vitest";
import { lintFilesWith } from "./lint-with.ts";

const RULE = "codegames/russian";

const CONTRACT = {
  "openapi.yaml": `
openapi: 3.1.0
info: {title: Test, version: 1.0.0, description: A test.}
tags: [{name: Purchase, description: All of it., x-note: {description: No text of OpenAPI.}}]
paths:
  /pay: {$ref: paths/pay.yaml}
`,
  "paths/pay.yaml": `
post:
  responses:
    "200":
      description: Paid.
      content:
        application/json: {schema: {$ref: ../schemas/Product.yaml}, examples: {OK: {$ref: ../examples/pay-OK.yaml}}}
    "503": {$ref: "../responses.yaml#/Busy"}
`,
  "schemas/Product.yaml": "properties: {id: {$ref: Id.yaml}, description: {description: A text.}}",
  "schemas/Id.yaml": "description: An identifier.",
  "examples/pay-OK.yaml": "{summary: Sold, value: {summary: not a text of the contract}}",
  "responses.yaml": "Busy: {description: Try later.}",
};

const RUSSIAN = [
  "{target: $.info.description, update: Проверка.}",
  "{target: '$.tags[0]', update: {description: Всё.}}",
  `{target: "$.paths['/pay'].post", update: {responses: {"200": {description: Оплачено.}}}}`,
  "{target: $.components.schemas.Product, update: {properties: {description: {description: Текст.}}}}",
  "{target: $.components.schemas.Id, update: {description: Идентификатор.}}",
  "{target: $.components.examples, update: {pay-OK: {summary: Продано}}}",
  "{target: $.components.responses.Busy, update: {description: Позже.}}",
];

const lintTexts = (actions: string[], files: Record<string, string> = {}) =>
  lintFilesWith(
    "russian",
    { ...CONTRACT, "overlays/ru.yaml": `actions: [${actions.join(", ")}]`, ...files },
    { overlay: "overlays/ru.yaml" },
  );

test("russian accepts an overlay that translates every text, wherever the text is written", async () => {
  expect(await lintTexts(RUSSIAN)).toEqual([]);
});

test("russian refuses a text without a counterpart, and names the file of the text", async () => {
  const reports = await lintTexts([]);
  const message = (place: string) => `Text has no Russian counterpart; "overlays/ru.yaml" must set "${place}"`;
  expect(reports).toHaveLength(RUSSIAN.length);
  expect(reports).toEqual(
    expect.arrayContaining([
      { rule: RULE, message: message("$.info.description"), at: "openapi.yaml#/info/description" },
      { rule: RULE, message: message("$.tags[0].description"), at: "openapi.yaml#/tags/0/description" },
      {
        rule: RULE,
        message: message("$.paths['/pay'].post.responses['200'].description"),
        at: "pay.yaml#/post/responses/200/description",
      },
      {
        rule: RULE,
        message: message("$.components.schemas.Product.properties.description.description"),
        at: "Product.yaml#/properties/description/description",
      },
      { rule: RULE, message: message("$.components.schemas.Id.description"), at: "Id.yaml#/description" },
      { rule: RULE, message: message("$.components.examples['pay-OK'].summary"), at: "pay-OK.yaml#/summary" },
      {
        rule: RULE,
        message: message("$.components.responses.Busy.description"),
        at: "responses.yaml#/Busy/description",
      },
    ]),
  );
});

test("russian refuses an action that does not set an existing text", async () => {
  const message = (place: string) =>
    `Overlay sets "${place}", where the contract has no text; it must set a summary or description that exists`;
  expect(await lintTexts([...RUSSIAN, "{target: $.info, update: {title: Имя, summary: Кратко}}"])).toEqual([
    { rule: RULE, message: message("$.info.title"), at: "ru.yaml#/actions/7/update/title" },
    { rule: RULE, message: message("$.info.summary"), at: "ru.yaml#/actions/7/update/summary" },
  ]);
});

test("russian refuses a text beside a $ref that the overlay would add in the bundle", async () => {
  const reports = await lintTexts([
    ...RUSSIAN,
    "{target: $.components.schemas.Product.properties.id, update: {description: Номер.}}",
  ]);
  expect(reports.map(({ at }) => at)).toEqual(["ru.yaml#/actions/7/update/description"]);
});

test("russian refuses a translation without a Cyrillic letter", async () => {
  expect(
    await lintTexts([...RUSSIAN.slice(0, -1), "{target: $.components.responses.Busy, update: {description: Later.}}"]),
  ).toEqual([
    {
      rule: RULE,
      message: 'Translation "Later." is not Russian; it must be a text with Cyrillic letters',
      at: "ru.yaml#/actions/6/update/description",
    },
  ]);
});

test("russian refuses a translation that is not a text, and points into it", async () => {
  const paid = `{target: $.paths, update: {"/pay": {post: {responses: {"200": {description: [Оплачено]}}}}}}`;
  expect(await lintTexts(RUSSIAN.toSpliced(2, 1, paid))).toEqual([
    {
      rule: RULE,
      message: 'Translation ["Оплачено"] is not Russian; it must be a text with Cyrillic letters',
      at: "ru.yaml#/actions/2/update/~1pay/post/responses/200/description",
    },
  ]);
});

test("russian refuses two texts that the bundler would number", async () => {
  const reports = await lintTexts(RUSSIAN, {
    "schemas/Product.yaml":
      "properties: {id: {$ref: Id.yaml}, other: {$ref: ../Id.yaml}, description: {description: A text.}}",
    "Id.yaml": "description: Another identifier.",
  });
  expect(reports).toEqual([
    {
      rule: RULE,
      message:
        'Two texts are bundled as "$.components.schemas.Id.description"; ' +
        "components of one kind must have files or keys of different names",
      at: "Id.yaml#/description",
    },
  ]);
});

test("russian skips a contract with a dangling reference", async () => {
  expect(await lintTexts(RUSSIAN, { "paths/pay.yaml": "post: {responses: {$ref: nowhere.yaml}}" })).toEqual([]);
});
