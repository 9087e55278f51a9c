import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@codegames/contract";
import { expect, test } from "vitest";
import { layers } from "./map-texts.ts";
import { interpretations, layerOf, page, printPage, splitLayers, testsOfInterpretation, testsOfStatus } from "./map.ts";
import { root } from "./root.ts";
import { readTestNames } from "./test-names.ts";

const names = readTestNames();

test("every interpretation is in the name of a test, except those that the packages do not follow yet", () => {
  const untested = interpretations.filter(({ id }) => testsOfInterpretation(names, id).length === 0);
  const ahead = interpretations.filter(({ isAhead }) => isAhead);
  expect(untested.map(({ id }) => id)).toEqual(ahead.map(({ id }) => id));
});

test("every status of every operation is in the name of a test", () => {
  const missing = Object.values(operations).flatMap(({ id, outcomes }) =>
    Object.keys(outcomes)
      .filter((status) => testsOfStatus(names, id, status).length === 0)
      .map((status) => `${id} ${status}`),
  );
  expect(missing).toEqual([]);
});

test("every layer has folders that exist, and unit tests are the nearest to the code", () => {
  const folders = layers.flatMap((layer) => layer.folders);
  expect(folders.filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
  expect(layerOf("packages/client/src/classify.test.ts")).toBe(layers[0]);
  expect(layerOf("packages/retry-queue/src/simulation/run.test.ts").name).toBe("simulation");
});

test("the owner of a rule is the layer nearest to the code, and the others echo it", () => {
  const files = [
    "test/certification/provider-cases.ts",
    "packages/contract/pacts/pact.json",
    "test/wire/body-faults.ts",
  ];
  const { owner, echoes } = splitLayers(files.map((file) => ({ file, name: "C3" })));
  expect(owner?.name).toBe("broken wire");
  expect(echoes.map(({ name }) => name)).toEqual(["Pact", "certification"]);
});

test("test/README.md says what the names of the tests say", () => {
  expect(readFileSync(page, "utf8"), "update it with: npx pnpm exec node test/readme/map.ts").toBe(printPage());
}, 60_000);
