import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FaultKind, type Sandbox, startSandbox } from "./index.ts";

// An id, and below a key and a partner_txn_id, that no double holds.
const big = 9_007_199_254_740_993n;
const catalogue = [
  { id: big, name: "Card", price: 50000, partner_price: 4.5, keys: 9 },
  { id: 4n, name: "Толтыру: ә", price: 50000, partner_price: 45000, keys: "none" as const },
];
const key = `SANDBOX-${big}-1`;

let sandbox: Sandbox;

beforeEach(async () => (sandbox = await startSandbox({ catalogue })));
afterEach(() => sandbox.close());

const requestOf = (path: string, body: string) =>
  `POST /${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sandbox\r\ncontent-type: application/json\r\n` +
  `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const payOf = (txnId: string, price = 50000, id = big) =>
  requestOf("pay", `{"product_id":${id},"price":${price},"txn_id":"${txnId}"}`);
const checkOf = (id = big) => requestOf("check", `{"product_id":${id}}`);
const statusOf = (txnId: string) => requestOf("status", `{"txn_id":"${txnId}"}`);

interface Answer {
  head: string;
  body: Buffer;
}

/** Sends requests over one connection, each after the answer to the one before, and returns all answers as bytes. */
function exchange(...requests: string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let received = Buffer.alloc(0);
  const { port, hostname } = new URL(sandbox.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(requests.shift() ?? ""));
    socket.on("error", reject);
    socket.on("close", () => resolve(answers));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let answer; (answer = takeAnswer(received)); received = received.subarray(answer.length)) {
        answers.push(answer);
        const next = requests.shift();
        if (next) socket.write(next);
        else socket.end();
      }
    });
  });
}

function takeAnswer(bytes: Buffer): (Answer & { length: number }) | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, end).toString("latin1");
  const length = end + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
  return end >= 0 && bytes.length >= length ? { head, body: bytes.subarray(end + 4, length), length } : undefined;
}

/** The first answer to a request of which the sandbox drifts. */
async function drifted(kind: FaultKind, operation: "check" | "pay" | "status", request: string): Promise<Answer> {
  sandbox.faults.order({ operation, kind, isServed: true, times: 1 });
  const [answer] = await exchange(request);
  return answer as Answer;
}

const idOf = async (txnId: string) => (await sandbox.ledger()).find((sale) => sale.txn_id === txnId)?.partner_txn_id;

const sold = `"product":{"id":${big},"name":"Card","price":50000,"productKey":"${key}"`;
const blank = '"name":"","shortDescription":"","price":0,"partner_price":0,"productKey":"","addInfo":null';

/** The bytes of each kind, for a check, a sale, a refused pay, and `status` of either. ID stands for the sale's id. */
const texts: [
  kind: FaultKind,
  texts: [check: string, sold: string, refused: string, paid: string, canceled: string],
][] = [
  [
    "empty-arrays",
    [
      `{"status":"OK","product":{"id":${big},"name":"Card","price":50000,"partner_price":4.5,"addInfo":[]}}`,
      `{"partner_txn_id":"ID","status":"OK",${sold},"addInfo":[]}}`,
      '{"status":"WRONG_PRICE","product":[]}',
      '{"partner_txn_id":"ID","status":"OK","product":[]}',
      '{"status":"TXN_CANCELED","comment":"WRONG_PRICE","product":[]}',
    ],
  ],
  [
    "nulls",
    [
      `{"partner_txn_id":null,"comment":null,"status":"OK","product":{"name":"Card","shortDescription":null,` +
        `"price":50000,"partner_price":4.5,"productKey":null,"addInfo":null,"id":${big}}}`,
      `{"partner_txn_id":"ID","comment":null,"status":"OK","product":{"name":"Card","shortDescription":null,` +
        `"price":50000,"partner_price":null,"productKey":"${key}","addInfo":null,"id":${big}}}`,
      '{"partner_txn_id":null,"comment":null,"status":"WRONG_PRICE","product":null}',
      '{"partner_txn_id":"ID","comment":null,"status":"OK","product":null}',
      '{"partner_txn_id":null,"comment":"WRONG_PRICE","status":"TXN_CANCELED","product":null}',
    ],
  ],
  [
    "zero-values",
    [
      `{"partner_txn_id":"","comment":"","status":"OK","product":{"id":${big},${blank.replace("0,", "50000,")}}}`,
      `{"partner_txn_id":"ID","comment":"","status":"OK","product":{"id":${big},` +
        `${blank.replace('Key":""', `Key":"${key}"`)}}}`,
      `{"partner_txn_id":"","comment":"","status":"WRONG_PRICE","product":{"id":0,${blank}}}`,
      '{"partner_txn_id":"ID","comment":"","status":"OK","product":null}',
      `{"partner_txn_id":"","comment":"WRONG_PRICE","status":"TXN_CANCELED","product":{"id":0,${blank}}}`,
    ],
  ],
  [
    "other-literals",
    [
      `{"status":"OK","product":{"name":"Card","id":"${big}","price":"50000.00","partner_price":"4.50"}}`,
      `{"partner_txn_id":DIGITS,"status":"OK",` +
        `"product":{"name":"Card","productKey":"${key}","id":"${big}","price":"50000.00"}}`,
      '{"status":"WRONG_PRICE"}',
      '{"partner_txn_id":DIGITS,"status":"OK"}',
      '{"status":"TXN_CANCELED","comment":"WRONG_PRICE"}',
    ],
  ],
  [
    "numeric-key",
    [
      `{"status":"OK","product":{"id":${big},"name":"Card","price":50000,"partner_price":4.5}}`,
      `{"partner_txn_id":"ID","status":"OK",${sold.replace(`"${key}"`, "99990071992547409931")}}}`,
      '{"status":"WRONG_PRICE"}',
      '{"partner_txn_id":"ID","status":"OK"}',
      '{"status":"TXN_CANCELED","comment":"WRONG_PRICE"}',
    ],
  ],
  [
    "object-key",
    [
      `{"status":"OK","product":{"id":${big},"name":"Card","price":50000,"partner_price":4.5}}`,
      `{"partner_txn_id":"ID","status":"OK",${sold.replace(`"${key}"`, `{"code":"${key}"}`)}}}`,
      '{"status":"WRONG_PRICE"}',
      '{"partner_txn_id":"ID","status":"OK"}',
      '{"status":"TXN_CANCELED","comment":"WRONG_PRICE"}',
    ],
  ],
  ["bare-ok", Array(5).fill('{"status":"OK"}') as [string, string, string, string, string]],
];

test.each(texts)("the fault %s keeps what was meant, and every digit", async (kind, [check, ...expected]) => {
  expect(String((await drifted(kind, "check", checkOf())).body)).toBe(check);
  const answers = [
    await drifted(kind, "pay", payOf("S")),
    await drifted(kind, "pay", payOf("R", 49999)),
    await drifted(kind, "status", statusOf("S")),
    await drifted(kind, "status", statusOf("R")),
  ];
  const id = String(await idOf("S"));
  const digits = String(BigInt(`0x${id.replaceAll("-", "").slice(-15)}`));
  expect(answers.map(({ body }) => String(body))).toEqual(
    expected.map((text) => text.replace("ID", id).replace("DIGITS", digits)),
  );
  expect(answers[0]?.head).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)*content-type: application\/json\r\n/i);
});

test("the fault windows-1251 writes a byte a letter, declares it, and escapes what it lacks", async () => {
  const { head, body } = await drifted("windows-1251", "check", checkOf(4n));
  expect(head).toMatch(/^content-type: application\/json; charset=windows-1251$/im);
  const product = '"product":{"id":4,"name":"Толтыру: \\u04d9","price":50000,"partner_price":45000}';
  expect(new TextDecoder("windows-1251", { fatal: true }).decode(body)).toBe(
    `{"status":"OK",${product},"comment":"Обработано сервером 1С"}`,
  );
  // The letters Об in windows-1251.
  expect(body.includes(Buffer.of(0xce, 0xe1))).toBe(true);
  expect((await drifted("windows-1251", "pay", payOf("S"))).body.includes(key)).toBe(true);
});

test("the faults php-warning and gzip change nothing in the JSON itself", async () => {
  const warned = await drifted("php-warning", "pay", payOf("W"));
  const [, warning, json] = /^(<br \/>\n<b>Warning<\/b>: .*<br \/>\n)(.*)$/s.exec(String(warned.body)) ?? [];
  expect([warning, json]).toEqual([
    expect.stringContaining("line <b>21</b>"),
    `{"partner_txn_id":"${await idOf("W")}","status":"OK",${sold}}}`,
  ]);
  const { head, body } = await drifted("gzip", "status", statusOf("W"));
  expect(head).toMatch(/^content-encoding: gzip$/im);
  expect(String(gunzipSync(body))).toBe(`{"partner_txn_id":"${await idOf("W")}","status":"OK"}`);
});

test("the fault sent-twice sends the answer again before the next one on the connection, and only there", async () => {
  sandbox.faults.order({ operation: "pay", kind: "sent-twice", isServed: true, times: 1 });
  const requests = [payOf("A"), payOf("B"), statusOf("B")];
  const answers = (await exchange(...requests)).map(({ head, body }) => [head.split("\r\n")[0], String(body)]);
  const [first, second] = await Promise.all(["A", "B"].map(idOf));
  const saleOf = (id: string | undefined, number: number) =>
    `{"partner_txn_id":"${id}","status":"OK",${sold.replace(/1"$/, `${number}"`)}}}`;
  expect(answers.slice(0, 3)).toEqual([
    ["HTTP/1.1 200 OK", saleOf(first, 1)],
    ["HTTP/1.1 200 OK", saleOf(first, 1)],
    ["HTTP/1.1 200 OK", saleOf(second, 2)],
  ]);
  sandbox.faults.order({ operation: "check", kind: "sent-twice", isServed: true, times: 1 });
  expect(await exchange(checkOf())).toHaveLength(1);
  expect(String((await exchange(statusOf("A")))[0]?.body)).toBe(`{"partner_txn_id":"${first}","status":"OK"}`);
});

test("problem details do not drift, and a call that is not served gets its drift of {}", async () => {
  const { head, body } = await drifted("nulls", "check", requestOf("check", "{"));
  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  expect(JSON.parse(String(body))).toMatchObject({ status: 400 });
  sandbox.faults.order({ operation: "pay", kind: "empty-arrays", isServed: false, times: 1 });
  expect(String((await exchange(payOf("T")))[0]?.body)).toBe('{"product":[]}');
  expect(await sandbox.ledger()).toEqual([]);
});
