import { Console } from "node:console";
import { Writable } from "node:stream";
import { newDatabase } from "@codegames/database";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { bearer, createHandler, type HandlerOptions, type HandlerRequest, sellOnce } from "./index.ts";
import { openPostgresStore } from "./transaction-store/postgres/postgres-store.ts";
import type { PostgresClient } from "./transaction-store/postgres/postgres-store.ts";
import { openSqliteStore } from "./transaction-store/sqlite/sqlite-store.ts";

let pool: pg.Pool;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await newDatabase(inject("databaseUrl")), max: 4 });
  pool.on("error", () => {});
  await pool.query(`
    CREATE TABLE sold (code TEXT UNIQUE CHECK (code <> 'SOLD-OUT-7'), pin UUID, amount INT, later TEXT
      CONSTRAINT one_later UNIQUE DEFERRABLE INITIALLY DEFERRED);
    CREATE FUNCTION refuse(code TEXT) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN RAISE 'key % is sold', code USING HINT = 'not ' || code, DETAIL = code; END $$`);
});

afterAll(() => pool.end());

/** What `console.error` prints, to the last byte. */
function printing(): { print: Console["error"]; printed: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const console = new Console({ stdout: stream, stderr: stream });
  return { print: console.error, printed: () => text };
}

const pay = (txn_id: string): HandlerRequest => ({
  method: "POST",
  path: "/pay",
  headers: { authorization: "Bearer t", "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ product_id: 1, price: 50000, txn_id })),
});

const card = { name: "Card", price: 50000, partner_price: 45000, isInStock: true };

/** Sells in PostgreSQL, with `onError: console.error` as in the README. Returns what that printed. */
async function printedBy(sellWithin: (tx: PostgresClient) => Promise<string>, pays = 1): Promise<string> {
  const store = await openPostgresStore(pool);
  const { print, printed } = printing();
  const shop = sellOnce({
    store,
    findProduct: () => card,
    sellWithin: async (_, tx) => ({ productKey: await sellWithin(tx), addInfo: { login: "hunter" } }),
  });
  const handler = createHandler(shop, { auth: bearer({ t: "shop-1" }), onError: print });
  const codes: number[] = [];
  for (let index = 0; index < pays; index++) codes.push((await handler(pay(`T-${count++}`))).status);
  expect(codes).toEqual([...Array(pays - 1).fill(200), 500]);
  return printed();
}

let count = 0;
const key = "FJQR-RGPM-BXLD";
const insert = (column: string, value: string) => async (tx: PostgresClient) => {
  await tx.query(`INSERT INTO sold (${column}) VALUES ($1)`, [value]);
  return value;
};

describe("onError: console.error prints no product key (E4)", () => {
  test("when a key is sold twice", async () => {
    const printed = await printedBy(insert("code", key), 2);
    expect(printed).not.toMatch(/FJQR|RGPM|BXLD/);
    expect(printed).toContain("error: duplicate key value violates unique constraint […]\n    at ");
    expect(printed).toMatch(/code: '23505'.*table: 'sold'.*constraint: 'sold_code_key'.*operationId: 'pay'/s);
  });

  test.each<[string, (tx: PostgresClient) => Promise<string>, string, RegExp]>([
    ["a value of a wrong type", insert("pin", "98765432"), "invalid input syntax for type uuid: […]", /98765432/],
    ["a value out of range", insert("amount", "98765432109"), "is out of range for type integer", /98765432109/],
    ["a check constraint", insert("code", "SOLD-OUT-7"), "new row for relation […]\n", /SOLD-OUT/],
    [
      "RAISE in a function",
      async (tx) => {
        await tx.query("SELECT refuse($1)", [key]);
        return key;
      },
      "key […] is sold",
      /FJQR/,
    ],
    [
      "a value in the statement",
      async (tx) => {
        await tx.query(`INSERT INTO sold (code) VALUES ('${key}'')`);
        return key;
      },
      "unterminated quoted string at or near […]",
      /FJQR/,
    ],
    [
      "an answer that cannot be read",
      async () => JSON.parse(`${key}{"pin":"98765432"}`),
      "SyntaxError]: Unexpected token […]",
      /FJQR|98765432/,
    ],
  ])("for %s", async (_, sellWithin, message, leak) => {
    const printed = await printedBy(sellWithin);
    expect(printed).toContain(message);
    expect(printed).not.toMatch(leak);
  });

  test("when the commit quotes what was sold, though it looks like ordinary words", async () => {
    // The deferred constraint fails at COMMIT, when the sale is known.
    const printed = await printedBy(insert("later", "swordfish"), 2);
    expect(printed).toContain("constraint: 'one_later'");
    expect(printed).not.toMatch(/swordfish|hunter/);
  });

  test("when the settlement after a sale fails: its message is not told at all", async () => {
    const store = openSqliteStore({ file: ":memory:" });
    const cause = new Error("no swordfish");
    const settle = () => Promise.reject(new Error("cannot write swordfish for hunter", { cause }));
    const { print, printed } = printing();
    const sold = { productKey: "swordfish", addInfo: { login: "hunter" } };
    const shop = sellOnce({ store: { ...store, settle }, findProduct: () => card, sell: () => sold });
    const handler = createHandler(shop, { auth: bearer({ t: "shop-1" }), onError: print });
    expect(await handler(pay("T"))).toMatchObject({ status: 500 });
    expect(printed()).toMatch(/^Error: \[…\]\n    at .*cause/s);
    expect(printed()).not.toMatch(/swordfish|hunter/);
  });
});

test("recover() and recoverEvery() tell their errors without product keys", async () => {
  let nowMs = 0;
  const store = openSqliteStore({ file: ":memory:", now: () => nowMs });
  const failing = () => {
    throw Object.assign(new Error(`supplier refused ${key}`), { response: { key } });
  };
  const shop = sellOnce({ store, findProduct: () => card, sell: failing });
  expect(await createHandler(shop, { auth: bearer({ t: "shop-1" }) })(pay("T"))).toMatchObject({ status: 500 });
  nowMs = 60_000;
  const { print, printed } = printing();
  for (const error of (await shop.recover()).errors) print(error);
  expect(printed()).toContain("supplier refused […]");

  const findAbandoned = () => Promise.reject(new Error(`cannot read ${key}`));
  const broken = sellOnce({ store: { ...store, findAbandoned }, findProduct: () => card, sell: failing });
  await broken.recoverEvery(1000, { onError: print })();
  expect(printed()).toContain("cannot read […]");
  expect(printed()).not.toContain("FJQR");
});

test("onError gets errors of this package as they are: they quote no secret", async () => {
  const told: Error[] = [];
  const options: HandlerOptions = { auth: bearer({ t: "shop-1" }), onError: (error) => void told.push(error) };
  const store = openSqliteStore({ file: ":memory:" });
  const shop = sellOnce({ store, findProduct: () => card, sell: () => ({ productKey: 98765432 as never }) });
  await createHandler(shop, options)(pay("T-17"));
  expect(told.map(({ message }) => message)).toEqual([
    'Cannot sell "T-17": /product/productKey must be a string or null, is a number',
  ]);
});
