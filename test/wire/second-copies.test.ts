import { type Client, createClient } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import { Agent } from "undici";
import { afterAll, expect, test } from "vitest";
import { http } from "./fault-server.ts";
import { RawServer } from "./raw-server.ts";

const times = 400;
const lateMs = [0, 1, 10, 100, 1000];
const json = (status: number, body: object) => http(status, JSON.stringify(body), { connection: undefined });
const soldTo = (txn_id: string) => json(200, { status: "OK", partner_txn_id: `W-${txn_id}` });
const product = { id: 1, name: "Card", price: 50_000, partner_price: 45_000 };

/** Answers that a provider sends twice, and the call that gets them. */
const twice: { kind: string; call: "check" | "pay"; answer: Buffer }[] = [
  { kind: "a sale", call: "pay", answer: soldTo("first") },
  { kind: "a refusal", call: "pay", answer: json(200, { status: "PRODUCT_OUT_OF_STOCK" }) },
  { kind: "an error", call: "pay", answer: json(503, {}) },
  { kind: "an answer to a check", call: "check", answer: json(200, { status: "OK", product }) },
];

let pays = 0;
afterAll(() => console.log(`wire: ${pays} pays after an answer that came twice`));

const pay = (client: Client, txn_id: string) => client.pay({ product_id: 1, price: 50_000, txn_id });

/** Makes one call whose answer comes twice, and then a pay. Returns whether the pay got its own answer. */
async function paysAfter(client: Client, call: "check" | "pay", name: string): Promise<boolean> {
  await (call === "check" ? client.check({ product_id: 1 }) : pay(client, `first-${name}`));
  const result = await pay(client, `next-${name}`);
  pays++;
  return result.outcome === "succeeded" && result.body.partner_txn_id === `W-next-${name}`;
}

/** Counts the pays that did not get their own answer, of 400. */
async function countWrong({ call, answer }: (typeof twice)[number], late: number): Promise<number> {
  const server = new RawServer((request, socket) => {
    const next = /"(next-[^"]*)/.exec(request)?.[1];
    // The pay is answered after the second copy, so that only its connection keeps the copy from it.
    if (next) return void setTimeout(() => socket.write(soldTo(next)), late + 5);
    socket.write(answer);
    setTimeout(() => socket.write(answer), late);
  });
  const fetch = undiciFetch(() => new Agent());
  // Such sales all have one partner_txn_id: nothing but the connection shall tell the answers apart.
  const client = createClient({ baseUrl: await server.listen(), auth: "none", fetch, partnerTxnIds: "shared" });
  const names = Array.from({ length: times }, (_, index) => `${index}`).values();
  let wrong = 0;
  const buy = async () => {
    for (const name of names) if (!(await paysAfter(client, call, name))) wrong++;
  };
  // A copy that is late long makes each pay long, so more of them wait at once.
  await Promise.all(Array.from({ length: late < 100 ? 50 : times }, buy));
  await fetch.close();
  await server.close();
  return wrong;
}

test.each(twice)(
  "A10 the second copy of $kind is never taken for the answer to the next pay through undiciFetch",
  async (sent) => {
    const wrong = await Promise.all(lateMs.map((late) => countWrong(sent, late)));
    expect(wrong, `wrong of ${times}, by the delay`).toEqual(lateMs.map(() => 0));
  },
  60_000,
);
