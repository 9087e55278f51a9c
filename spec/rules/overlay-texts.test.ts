import { expect, test } from "vitest";
import { lintFilesWith } from "./lint-with.ts";

const RULE = "codegames/russian";

const lintOverlay = (overlay: string) =>
  lintFilesWith(
    "russian",
    { "openapi.yaml": "{openapi: 3.1.0, info: {title: Test, version: 1.0.0}, paths: {}}", "ru.yaml": overlay },
    { overlay: "ru.yaml" },
  );

test("russian refuses a target that is not a plain path", async () => {
  expect(await lintOverlay("actions: [{target: '$.tags[*]', update: {description: Все.}}]")).toEqual([
    {
      rule: RULE,
      message: 'Target "$.tags[*]" is not a plain path; it must be $ followed by names and indexes',
      at: "ru.yaml#/actions/0/target",
    },
  ]);
});

test("russian refuses an action that does not update", async () => {
  expect(await lintOverlay("actions: [{target: $.info, remove: true}]")).toEqual([
    {
      rule: RULE,
      message: 'Action on "$.info" has no update; a translation must only set texts',
      at: "ru.yaml#/actions/0",
    },
  ]);
});

test("russian refuses a contract whose overlay is missing or is not YAML", async () => {
  const files = { "openapi.yaml": "{openapi: 3.1.0, info: {title: Test, version: 1.0.0}, paths: {}}" };
  expect(await lintFilesWith("russian", files, { overlay: "kk.yaml" })).toEqual([
    { rule: RULE, message: expect.stringMatching(/^Cannot read the overlay "kk.yaml": ENOENT/), at: "openapi.yaml#/" },
  ]);
  expect(await lintOverlay("actions: [")).toEqual([
    { rule: RULE, message: expect.stringMatching(/^Cannot read the overlay "ru.yaml": /), at: "openapi.yaml#/" },
  ]);
});
