import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { examples } from "./gen/examples.ts";
import { type Operation, operations, PayRequestCodec } from "./index.ts";

const cases = Object.entries(operations).flatMap(([id, operation]) => {
  const { request, responses } = examples[id as keyof typeof examples];
  const codecs: Operation["problems"] = {
    [operation.response.httpStatus]: operation.response.codec,
    ...operation.problems,
  };
  return [
    ...Object.entries(request).map(([name, value]) => ({
      id,
      name,
      value: value as object,
      codec: (operation as Operation).request,
    })),
    ...Object.entries(responses).flatMap(([code, named]) =>
      Object.entries(named).map(([name, value]) => ({ id, name, value: value as object, codec: codecs[Number(code)] })),
    ),
  ];
});

describe("an example", () => {
  test.each(cases)("of $id, $name, survives its codec in both directions", ({ value, codec }) => {
    const encoded = codec?.encode(value);
    expect(encoded).toMatchObject({ ok: true });
    const decoded = encoded?.ok ? codec?.decode(encoded.text) : undefined;
    expect(decoded?.ok && codec?.encode(decoded.value)).toEqual(encoded);
    expect(encoded?.ok && JSON.parse(encoded.text)).toEqual(
      JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each))),
    );
  });

  test("is there for every status of every operation, under its name", () => {
    for (const [id, { outcomes }] of Object.entries(operations)) {
      const answers = examples[id as keyof typeof examples].responses[200];
      expect(Object.entries(answers).map(([name, { status }]) => [name, status])).toEqual(
        Object.keys(outcomes).map((status) => [status, status]),
      );
    }
  });
});

test("the table knows the class of every status and how an unclear pay is settled", () => {
  expect(operations.pay.outcomes).toEqual({
    OK: "succeeded",
    TXN_DUPLICATE: "unknown",
    WRONG_PRICE: "rejected",
    PRODUCT_NOT_FOUND: "rejected",
    PRODUCT_OUT_OF_STOCK: "rejected",
  });
  expect(operations.status.outcomes).toEqual({ OK: "succeeded", TXN_NOT_FOUND: "absent", TXN_CANCELED: "rejected" });
  expect(operations.pay.inquiry).toEqual({ operation: "status", by: "txn_id", reference: "partner_txn_id" });
  expect(operations.status.statusQueue).toEqual({ attempts: 100, periodSeconds: 120 });
});

test("an id beyond 2^53 reaches the wire digit for digit", () => {
  const request = { product_id: 9007199254740993n, price: 4.35, txn_id: "A-17" };
  const text = '{"product_id":9007199254740993,"price":4.35,"txn_id":"A-17"}';
  expect(PayRequestCodec.encode(request)).toEqual({ ok: true, text });
  expect(PayRequestCodec.decode(text)).toEqual({ ok: true, value: request });
});

test("a decoded null key is allowed and a wrong one is never quoted", async () => {
  const { PayResponseCodec } = await import("./index.ts");
  const answer = (key: string) =>
    `{"status":"OK","partner_txn_id":"W1","product":{"id":1,"name":"Card","productKey":${key}}}`;
  expect(PayResponseCodec.decode(answer("null"))).toMatchObject({ ok: true });
  expect(PayResponseCodec.decode(answer('{"secret":"FJQR-RGPM-BXLD"}'))).toEqual({
    ok: false,
    issue: { pointer: "/product/productKey", reason: "must be a string or null", actual: "an object" },
  });
});

test("the bundled document keeps the bounds of an int64 exact", () => {
  const document = readFileSync(new URL("gen/openapi.json", import.meta.url), "utf8");
  expect(document).toContain('"maximum": 9223372036854775807');
  expect(document).toContain('"minimum": -9223372036854775808');
});

test("a bundle holds only what it imports", async () => {
  const index = fileURLToPath(new URL("index.ts", import.meta.url));
  const bundleOf = async (code: string) => {
    const build = await rolldown({
      input: "entry",
      plugins: [
        {
          name: "entry",
          resolveId: (id) => (id === "entry" ? id : undefined),
          load: (id) => (id === "entry" ? code : undefined),
        },
      ],
    });
    const { output } = await build.generate({ minify: true });
    return output[0].code;
  };
  expect(await bundleOf(`import ${JSON.stringify(index)};`)).toBe("");
  const one = await bundleOf(
    `import { StatusRequestCodec } from ${JSON.stringify(index)}; console.log(StatusRequestCodec);`,
  );
  expect(one).toContain("txn_id");
  expect(one).not.toContain("partner_price");
});
