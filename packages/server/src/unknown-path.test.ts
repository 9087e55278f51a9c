import { expect, test, vi } from "vitest";
import { handlerOf, order, post } from "./handler.fixture.ts";

const told = async (path: string, basePath = "") => {
  const onRefused = vi.fn();
  const response = await handlerOf({}, { basePath, onRefused, auth: () => undefined })(post(order, { path }));
  expect(response.status).toBe(404);
  return onRefused.mock.calls.map(([{ reason, detail }, { operationId }]) => [reason, operationId, detail]);
};

test.each([
  ["/api/pay", "", `the path is "/api/pay", must be "/pay", or basePath "/api"`],
  ["/v2/pay?secret=1", "/api", `the path is "/v2/pay", must be "/api/pay", or basePath "/v2"`],
  ["/pay", "/api", `the path is "/pay", must be "/api/pay", or basePath ""`],
])("onRefused is told of the path %s under the basePath %j", async (path, basePath, detail) => {
  expect(await told(path, basePath)).toEqual([["unknown-path", "pay", detail]]);
});

test("what a caller writes is told in printable ASCII, and at most 64 characters of it", async () => {
  const [[, , detail] = []] = await told(`/\u202e\u001b[31m${"x".repeat(500)}/pay`);
  expect(detail).toMatch(/^the path is "\/\?\?\[31mx{57}", must be "\/pay", [\x20-\x7e]*$/);
});

test.each(["/", "/other", "/pay/1", "/payx", "*"])("nobody is told of the path %s", async (path) => {
  expect(await told(path)).toEqual([]);
});
