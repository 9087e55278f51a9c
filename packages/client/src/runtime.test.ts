import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";

const source = stripTypeScriptTypes(readFileSync(new URL("runtime.ts", import.meta.url), "utf8"));

test.each([
  ["Node", { process: { versions: { node: "24.0.0", undici: "7.0.0" } } }, false],
  ["Bun", { process: { versions: { node: "24.0.0" } }, Bun: {} }, false],
  ["Deno", { process: { versions: { node: "24.0.0" } }, Deno: {} }, false],
  ["workerd", { navigator: { userAgent: "Cloudflare-Workers" } }, false],
  ["a browser", { navigator: { userAgent: "Mozilla/5.0" }, document: {} }, true],
  ["a page of Electron", { process: { versions: { node: "24.0.0", undici: "7.0.0" }, type: "renderer" } }, true],
  ["a runtime that nobody tried", {}, true],
])("C11 on %s the default of mayRepeatRequests is right", (_, globals, expected) => {
  const code = source.replaceAll("export ", "").replaceAll("const ", "var ");
  expect(runInContext(`${code}; canRepeat()`, createContext(globals))).toBe(expected);
});
