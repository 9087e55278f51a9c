import { createClient, type Fetch } from "@codegames/client";

/** What a purchase led to, from the merchant. */
export interface Played {
  purchase: string;
  check: string;
  pay: string;
}

/** Buys once at each path: a check, so that there is a connection to reuse, and then the pay. */
export async function play(baseUrl: string, purchases: readonly string[], fetch?: Fetch): Promise<Played[]> {
  const played: Played[] = [];
  for (const purchase of purchases) {
    const hub = createClient({ baseUrl: `${baseUrl}/${purchase}`, auth: "none", ...(fetch && { fetch }) });
    const check = await hub.check({ product_id: 1 });
    // The connection of the check is free a moment after its answer.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const pay = await hub.pay({ product_id: 1, price: 50_000, txn_id: purchase });
    played.push({ purchase, check: check.outcome, pay: pay.outcome });
  }
  return played;
}
