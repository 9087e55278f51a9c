import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Call, call } from "./call.ts";
import type { Pay } from "./load.ts";

/** A row of the provider's own table. */
export interface SoldKey {
  key: string;
  txn_id: string;
  partner_txn_id: string;
}

/** What a pay is said to be, by the three who know of it. */
interface Witnesses {
  pay: Pay;
  sold: readonly SoldKey[];
  /** The status as it is now: a word of the contract. */
  status: string;
}

/** Asks for the status of every pay, and compares it with the answer of the pay and with the table of sold keys. */
export async function findFaults(
  pays: readonly Pay[],
  soldKeys: readonly SoldKey[],
  port: number,
  path = "/status",
): Promise<string[]> {
  const sold = Map.groupBy(soldKeys, ({ txn_id }) => txn_id);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const faults: string[] = [];
  const left = pays.values();
  const work = async () => {
    for (const pay of left) {
      const status = await decidedStatus(() => call(port, path, JSON.stringify({ txn_id: pay.txnId }), agent));
      const fault = faultOf({ pay, sold: sold.get(pay.txnId) ?? [], status });
      if (fault) faults.push(`${pay.txnId}: ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  agent.destroy();
  const known = new Set(pays.map(({ txnId }) => txnId));
  const strangers = [...sold.keys()].filter((txnId) => !known.has(txnId));
  return [...faults, ...strangers.map((txnId) => `${txnId}: sold, and nobody has paid for it`)];
}

/** Sold is `OK` for ever and one sale, refused is never sold; what the pay said is true. */
function faultOf({ pay, sold, status }: Witnesses): string | undefined {
  const [sale] = sold;
  if (sold.length > 1) return `sold ${sold.length} times`;
  if ((status === "OK") !== (sale !== undefined)) return `${sale ? "sold" : "not sold"}, and status says ${status}`;
  const { code, body } = pay;
  const isAnsweredOk = code === 200 && body?.status === "OK";
  if (isAnsweredOk) {
    if (!sale) return "the pay was answered with OK, and nothing is sold";
    const isSame = body.partner_txn_id === sale.partner_txn_id && body.product?.productKey === `KEY-${sale.key}`;
    return isSame ? undefined : "the pay was answered with another sale than that of the table";
  }
  // Without a whole answer both ends are right, as long as the status says which.
  if (pay.outcome === "broken") return undefined;
  if (pay.outcome === "not-sent" && status !== "TXN_NOT_FOUND") return `nothing was sent, and status says ${status}`;
  // A 5xx may come from a proxy that lost the answer; only an answer of the contract says that nothing is sold.
  return sale && code < 500 ? `the pay was answered with ${code} ${body?.status}, and sold` : undefined;
}

/** The status once it is decided: what a cut pay left open is decided when its lease is over. */
async function decidedStatus(ask: () => Promise<Call>): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { code, body } = await ask();
    if (code === 200) return body?.status ?? "nothing";
    await setTimeout(100);
  }
  return "nothing for 10 s";
}
