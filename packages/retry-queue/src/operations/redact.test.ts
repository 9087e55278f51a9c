import { conceal } from "@codegames/codec";
import { expect, test } from "vitest";
import { withoutSecrets } from "./redact.ts";

const product = { productKey: conceal("KEY-17"), addInfo: { pin: ["9911-2"], short: "abc" } };

test("the key and the additional information are replaced in every text of an error", () => {
  const error = Object.assign(new TypeError("duplicate KEY-17 with 9911-2"), {
    code: "23505",
    table: "keys of KEY-17",
  });
  const copy = withoutSecrets(error, product);
  expect(copy).toMatchObject({
    name: "TypeError",
    message: "duplicate [secret] with [secret]",
    code: "23505",
    table: "keys of [secret]",
  });
  expect(copy.stack).not.toMatch(/KEY-17|9911-2/);
});

test("members that quote a row are left out", () => {
  const error = Object.assign(new Error("refused"), { detail: "Failing row contains (KEY-17).", where: "KEY-17" });
  expect(JSON.stringify(withoutSecrets(error, product)) + Object.keys(withoutSecrets(error, product))).not.toMatch(
    /KEY-17|detail|where/,
  );
});

test.each([["KEY-17"], [undefined], [{ message: "KEY-17" }], [null]])(
  "%o becomes an error without the key",
  (thrown) => {
    const copy = withoutSecrets(thrown, product);
    expect(copy).toBeInstanceOf(Error);
    expect(`${copy.message} ${copy.stack}`).not.toContain("KEY-17");
  },
);

test("without a product the texts stay", () => {
  expect(withoutSecrets(new Error("KEY-17"), undefined).message).toBe("KEY-17");
});
