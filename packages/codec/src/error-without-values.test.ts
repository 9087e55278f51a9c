import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { errorWithoutValues } from "./index.ts";

/** Everything of an error that anybody could print, with what is not enumerable. */
const all = (error: unknown) => inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity });

const errorOf = (message: string, members: object = {}) => Object.assign(new Error(message), members);

/** Keys, codes and passwords as suppliers write them, and as JSON and URLs write them. */
const keys = [
  "FJQR-RGPM-BXLD",
  "FJQR RGPM BXLD",
  "FJQRRGPMBXLDWXYZ",
  "98765432",
  "1234 5678 9012 3456",
  "123 456 789",
  "123-456-789",
  "k7f3m9x2",
  "mrWtvlhgCanv==",
  "aGVsbG8rd29ybGQ=",
  'AB"CD-17',
  "AB'CD-17",
  'AB\\"CD-17',
  "AB%2BCD",
  "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "+77010000000",
  "P@ssw0rd!",
  "\u001b[31mK7",
];

/** Errors that hold a key, as libraries make them. Each is a message and the members beside it. */
const kinds: Readonly<Record<string, (key: string) => unknown>> = {
  "pg, a unique constraint": (key) =>
    errorOf('duplicate key value violates unique constraint "keys_code_key"', {
      name: "error",
      code: "23505",
      detail: `Key (code)=(${key}) already exists.`,
      constraint: "keys_code_key",
    }),
  "pg, a check constraint": (key) =>
    errorOf('new row for relation "keys" violates check constraint "keys_check"', {
      code: "23514",
      detail: `Failing row contains (${key}, null).`,
    }),
  "pg, a value of a wrong type": (key) => errorOf(`invalid input syntax for type uuid: "${key}"`, { code: "22P02" }),
  "pg, a value out of range": (key) =>
    errorOf(`value "${key}" is out of range for type integer`, { code: "22003", where: `unnamed portal ${key}` }),
  "pg, a value in the statement": (key) =>
    errorOf(`syntax error at or near "${key}"`, { code: "42601", query: `SELECT ${key}`, position: "8" }),
  "pg, RAISE in a function": (key) =>
    errorOf(`key ${key} is sold`, {
      code: "P0001",
      hint: `take another than ${key}`,
      where: `PL/pgSQL function sell("${key}")`,
      internalQuery: `SELECT '${key}'`,
      parameters: [key],
    }),
  mysql2: (key) =>
    errorOf(`Duplicate entry '${key}' for key 'keys.code'`, {
      code: "ER_DUP_ENTRY",
      errno: 1062,
      sqlState: "23000",
      sqlMessage: `Duplicate entry '${key}' for key 'keys.code'`,
      sql: `INSERT INTO keys VALUES ('${key}')`,
    }),
  mssql: (key) =>
    errorOf(`Cannot insert duplicate key in object 'dbo.keys'. The duplicate key value is (${key}).`, {
      number: 2627,
      originalError: errorOf(`The duplicate key value is (${key}).`, { info: { message: key } }),
    }),
  mongodb: (key) =>
    errorOf(`E11000 duplicate key error collection: shop.keys index: code_1 dup key: { code: "${key}" }`, {
      code: 11000,
      keyValue: { code: key },
    }),
  drizzle: (key) =>
    errorOf(`Failed query: insert into "keys" values ($1, $2)\nparams: ${key},A-17`, {
      query: "insert",
      params: [key],
      cause: errorOf("x", { detail: key }),
    }),
  knex: (key) => errorOf(`insert into \`keys\` values ('${key}') - UNIQUE constraint failed: keys.code`),
  sequelize: (key) =>
    errorOf("Validation error", {
      errors: [{ message: `code ${key} must be unique`, value: key, instance: { code: key } }],
      parent: errorOf("x", { detail: key }),
      sql: `INSERT INTO keys VALUES (${key})`,
    }),
  axios: (key) =>
    errorOf("Request failed with status code 502", {
      name: "AxiosError",
      code: "ERR_BAD_RESPONSE",
      status: 502,
      config: { headers: { Authorization: `Bearer ${key}` }, data: key },
      request: { path: `/sell?pin=${key}` },
      response: { data: { pin: key } },
    }),
  "an SDK that shows the answer": (key) => errorOf(`Unexpected answer: {"pin":"${key}"}`, { body: key }),
  "an SDK that shows the answer bare": (key) => errorOf(`unexpected answer ${key}, pin=${key};`),
  "a cause of a cause": (key) =>
    errorOf("outer", { cause: errorOf("middle", { cause: errorOf(`inner ${key}`, { detail: key }) }) }),
  "a cause that is a text": (key) => errorOf("outer", { cause: `inner ${key}` }),
  "several errors": (key) => new AggregateError([errorOf(`one ${key}`), { message: key }, key], `all of ${key}`),
  "a row assigned to an error": (key) =>
    errorOf("sold already", { code: key, number: key, status: key, table: `${key}\n` }),
  "a name": (key) => errorOf("sold already", { name: key }),
  "a text that is thrown": (key) => `supplier said ${key}`,
  "an object that is thrown": (key) => ({ body: key, toString: () => key }),
  "a key that is thrown": (key) => key,
  "a message of an object": (key) => errorOf("x", { message: { toString: () => key } }),
  "a multiple of lines": (key) => errorOf(`no\n    at ${key} (file:1:1)\n${key}`),
  "a text cut in its middle": (key) => errorOf(`${"x ".repeat(990)}"${key}${key}${key}`),
  "JSON.parse": (key) => thrownBy(() => JSON.parse(`{${key}`)),
  "new URL": (key) => thrownBy(() => new URL(key)),
  BigInt: (key) => thrownBy(() => BigInt(`${key}x`)),
};

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

/** The parts of a key that give it away. Two letters or digits are in every text. */
const partsOf = (key: string) => (key.match(/[\p{L}\p{N}]{3,}/gu) ?? [key]).concat(key);

describe("a key in an error", () => {
  test.each(Object.entries(kinds))("is in no member of its copy: %s", (_, make) => {
    for (const key of keys) {
      const { stack, ...rest } = Object.getOwnPropertyDescriptors(errorWithoutValues(make(key)));
      const [head = ""] = String(stack?.value).split("\n    at ");
      // The positions of this file are the same for every key, and have digits.
      const shown = all(rest).replaceAll(/\n? +at .*:\d+:\d+\)?/g, "") + head;
      for (const part of partsOf(key)) expect(shown, `${part} of ${key}`).not.toContain(part);
    }
  });

  test("is not in the stack, though its message was changed later", () => {
    const error = errorOf("key FJQR-RGPM-BXLD is sold\n    at FJQR-RGPM-BXLD");
    error.message = "changed";
    expect(all(errorWithoutValues(error))).not.toContain("FJQR");
  });

  test("is not shown by a getter, a circle of causes or a thousand errors", () => {
    const circle = errorOf("circle");
    circle.cause = circle;
    const throwing = Object.defineProperty(errorOf("FJQR-RGPM"), "code", {
      get: () => {
        throw new Error("FJQR-RGPM");
      },
    });
    const many = new AggregateError(Array.from({ length: 1000 }, () => throwing));
    for (const error of [circle, throwing, many]) {
      const shown = all(errorWithoutValues(error));
      expect(shown).not.toContain("FJQR");
      expect(shown.length).toBeLessThan(50_000);
    }
  });

  test("that looks like an ordinary word is not shown where messages are left out, in causes and errors too", () => {
    const cause = errorOf("swordfish", { code: "EIO" });
    const copy = errorWithoutValues(new AggregateError([errorOf("swordfish")], "swordfish", { cause }), false);
    expect(copy).toMatchObject({
      message: "[…]",
      cause: { message: "[…]", code: "EIO" },
      errors: [{ message: "[…]" }],
    });
    expect(copy.stack).toMatch(/^AggregateError: \[…\]\n    at /);
    expect(all(copy)).not.toContain("swordfish");
  });
});

describe("a copy of an error keeps what an operator needs", () => {
  test.each([
    ["connect ECONNREFUSED 127.0.0.1:5432", "connect […]", { code: "ECONNREFUSED", address: "127.0.0.1", port: 5432 }],
    ["getaddrinfo ENOTFOUND db-1.example", "getaddrinfo […].example", { code: "ENOTFOUND", hostname: "db-1.example" }],
    ["Request failed with status code 502", undefined, { status: 502 }],
    ["supplier answered HTTP 503: out of budget, can't sell", undefined, {}],
    ["Поставщик не отвечает: нет связи", undefined, {}],
    ["UNIQUE constraint failed: keys.sold_as", undefined, { code: "ERR_SQLITE_ERROR" }],
    ["Connection terminated due to connection timeout", undefined, {}],
    ["findProduct is not a function", "[…] is not a function", {}],
  ])("%s", (message, shown, members) => {
    expect(errorWithoutValues(errorOf(message, members))).toMatchObject({ message: shown ?? message, ...members });
  });

  test.each([
    ['relation "codegames_transactions" does not exist', "42P01", "relation codegames_transactions does not exist"],
    ['password authentication failed for user "shop"', "28P01", "password authentication failed for user shop"],
    ['syntax error at or near "shop"', "42601", "syntax error at or near […]"],
    ['invalid input value for enum state: "sold"', "22P02", "invalid input value for enum state: […]"],
  ])("names of PostgreSQL, but only where they are none of the data: %s", (message, code, expected) => {
    expect(errorWithoutValues(errorOf(message, { code })).message).toBe(expected);
  });

  test("constraint, table and the frames of the stack", () => {
    class DatabaseError extends Error {}
    const error = Object.assign(new DatabaseError('duplicate key value violates unique constraint "keys_code_key1"'), {
      name: "DatabaseError",
      code: "23505",
      constraint: "keys_code_key1",
      table: "keys",
    });
    const copy = errorWithoutValues(error);
    expect(Object.entries(copy)).toEqual([
      ["code", "23505"],
      ["table", "keys"],
      ["constraint", "keys_code_key1"],
    ]);
    expect(copy.stack).toContain("DatabaseError: duplicate key value violates unique constraint […]\n    at ");
    expect(copy.stack?.split("\n").slice(1)).toEqual(error.stack?.split("\n").slice(1));
  });

  test("causes and several errors", () => {
    const cause = errorOf("disk full", { code: "ENOSPC" });
    const copy = errorWithoutValues(new AggregateError([cause, "no answer"], "all failed", { cause }));
    expect(copy.cause).toMatchObject({ message: "disk full", code: "ENOSPC" });
    expect(copy).toMatchObject({
      name: "AggregateError",
      errors: [{ message: "disk full" }, { message: "no answer" }],
    });
  });
});

test("a long message is cut in time, whatever is in it", () => {
  for (const part of ["x", "1 ", "1.", "'", '"', "`x", "\0", "\n", "“", "a-", "A"]) {
    const start = performance.now();
    const { message } = errorWithoutValues(errorOf(part.repeat(1_000_000 / part.length)));
    expect(message.length).toBeLessThan(2100);
    expect(performance.now() - start).toBeLessThan(2000);
  }
});
