import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type AnswerTable, enumerateAnswers, literals } from "./answer-table.ts";

const golden = fileURLToPath(new URL("../content/answer-table.json", import.meta.url));
const readGolden = () => JSON.parse(readFileSync(golden, "utf8")) as AnswerTable;

test("the client reads every member with every literal as the table on the site says", async () => {
  const table = await enumerateAnswers();
  if (process.env["UPDATE_ANSWERS"] === "1") writeFileSync(golden, `${JSON.stringify(table, undefined, 2)}\n`);
  expect(table).toEqual(readGolden());
  const cells = Object.values(table).flatMap((rows) => Object.values(rows));
  expect(cells.length).toBeGreaterThan(30);
  for (const cell of cells) expect(Object.keys(cell).toSorted()).toEqual(literals.map(([name]) => name).toSorted());
});

test("no literal but the right status makes an answer, and none turns a sale into a refusal", () => {
  for (const [answer, rows] of Object.entries(readGolden())) {
    const treatments = Object.values(rows["/status"] ?? {});
    expect([answer, treatments.length]).toEqual([answer, literals.length]);
    for (const treatment of treatments) expect(["malformed", "unrecognised-status"]).toContain(treatment);
  }
});

test("what decides nothing never spoils an answer", () => {
  const table = readGolden();
  const nothing = {
    "check OK": [
      "/comment",
      "/product/name",
      "/product/shortDescription",
      "/product/partner_price",
      "/product/addInfo",
    ],
    "check refused": ["/comment"],
    "pay OK": ["/comment", "/product/name", "/product/shortDescription", "/product/price"],
    "pay refused": ["/comment", "/partner_txn_id"],
    "status OK": ["/comment", "/product/name", "/product/shortDescription", "/product/price"],
    "status refused": ["/comment", "/partner_txn_id"],
  };
  for (const [answer, members] of Object.entries(nothing)) {
    for (const member of members) {
      const treatments = new Set(Object.values(table[answer]?.[member] ?? { none: "no such member" }));
      expect([
        answer,
        member,
        [...treatments].filter((treatment) => !/^(read|absent)(, listed)?$/.test(treatment!)),
      ]).toEqual([answer, member, []]);
    }
  }
});

test("a sale whose key cannot be read stays a sale, and its body is kept", () => {
  for (const answer of ["pay OK", "status OK"]) {
    for (const member of ["/product", "/product/productKey", "/product/addInfo"]) {
      const cells = readGolden()[answer]?.[member] ?? {};
      expect([answer, member, cells['["a"]']]).toEqual([answer, member, "absent, listed, kept"]);
    }
    expect(readGolden()[answer]?.["/product/productKey"]?.["12345"]).toBe("read, listed, kept");
  }
});
