import { expect, test } from "vitest";
import { lintWith } from "./lint-with.ts";

const RULE = "codegames/server-name";

const lintServer = (more: string) => lintWith("server-name", `servers: [{url: "https://{host}"${more}}]`);

test.each([
  ["", '""', "test.yaml#/servers/0"],
  [", description: The base URL is agreed", '"The base URL is agreed"', "test.yaml#/servers/0/description"],
  [", description: Provider.", '"Provider."', "test.yaml#/servers/0/description"],
])("server-name refuses a server with%s", async (more, shown, at) => {
  const message =
    `Server "https://{host}" has the description ${shown}; ` +
    "it must be a name of at most 3 words, without punctuation";
  expect(await lintServer(more)).toEqual([{ rule: RULE, message, at }]);
});

test("server-name refuses a text of a server variable", async () => {
  expect(await lintServer(", description: Provider, variables: {host: {default: a, description: A host.}}")).toEqual([
    {
      rule: RULE,
      message: 'Server variable "host" has a description, which tools refuse; it must stand in info.description',
      at: "test.yaml#/servers/0/variables/host/description",
    },
  ]);
});

test("server-name accepts a server with a short name", async () => {
  expect(await lintServer(", description: Provider, variables: {host: {default: a}}")).toEqual([]);
});
