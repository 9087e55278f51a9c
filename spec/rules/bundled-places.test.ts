import { join } from "node:path";
import { bundle, createConfig } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { printJsonPath } from "./json-path.ts";
import { lintFilesWith, withFiles } from "./lint-with.ts";
import { isNode } from "./located.ts";

const ROOT = `
openapi: 3.1.0
info: {title: Test, version: 1.0.0}
tags: [{name: Purchase, description: In a list.}]
paths:
  /pay: {$ref: paths/pay.yaml}
  /buy: {$ref: paths/pay.yaml}
components:
  schemas:
    Own: {properties: {size: {description: Behind a $ref inside the file.}}}
    Other: {properties: {size: {$ref: "#/components/schemas/Own/properties/size"}}}
`;

const FILES = {
  "openapi.yaml": ROOT,
  "overlay.yaml": "actions: []",
  "paths/pay.yaml": `
post:
  responses:
    "200":
      description: In a file that two paths name.
      content:
        application/json: {schema: {$ref: ../schemas/Product.yaml}, examples: {OK: {$ref: ../examples/pay-OK.yaml}}}
    "503": {$ref: "../responses.yaml#/Busy"}
`,
  "schemas/Product.yaml": `
properties:
  id: {$ref: Id.yaml, description: Beside a $ref.}
  size: {$ref: "../openapi.yaml#/components/schemas/Own/properties/size"}
  either: {oneOf: [{description: In a oneOf.}, {$ref: "#/$defs/Local"}]}
  description: {description: In a property of this name.}
$defs: {Local: {description: In a definition.}}
`,
  "schemas/Id.yaml": "description: In a file of its own.",
  "examples/pay-OK.yaml": "summary: In an example.",
  "responses.yaml": "Busy: {description: In a file of responses.}",
};

test("the rule finds every text where the bundler puts it", async () => {
  const reports = await lintFilesWith("russian", FILES, { overlay: "overlay.yaml" });
  const predicted = reports.map(({ message }) => /must set "(.*)"$/.exec(message)?.[1] ?? message);
  const { bundled, problems } = await withFiles(FILES, async (folder) => {
    const result = await bundle({ ref: join(folder, "openapi.yaml"), config: await createConfig() });
    return { bundled: result.bundle.parsed, problems: result.problems };
  });
  expect(problems).toEqual([]);
  expect(predicted.toSorted()).toEqual([...textPlaces(bundled)].toSorted());
});

function* textPlaces(node: unknown, path: Array<string | number> = []): Generator<string> {
  const entries = Array.isArray(node) ? node.entries() : isNode(node) ? Object.entries(node) : [];
  for (const [key, child] of entries) {
    if (typeof child !== "string") yield* textPlaces(child, [...path, key]);
    else if (key === "summary" || key === "description") yield printJsonPath([...path, key]);
  }
}
