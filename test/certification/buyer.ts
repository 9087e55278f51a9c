/**
 * A merchant in a process of its own: opens the queue on a database, prints what it is about to send, and buys. Says
 * `refused CODE MESSAGE` when the queue cannot be opened. Arguments: an `Errand` as JSON.
 */
import { bearer, createClient } from "@codegames/client";
import { openRetryQueue, QueueError } from "@codegames/retry-queue";

export interface Errand {
  baseUrl: string;
  database: string;
  name: string;
  txnId: string;
  productId: string;
  price: number;
}

const { baseUrl, database, name, txnId, productId, price } = JSON.parse(process.argv[2] ?? "") as Errand;
const client = createClient({ baseUrl, auth: bearer("sandbox"), hooks: { onRequest: ({ operation }) => console.log(`sends ${operation}`) } });
try {
  const queue = await openRetryQueue({ client, database, name, onSettled: ({ outcome }) => console.log(`settled ${outcome}`) });
  await queue.start();
  const { state } = await queue.pay({ product_id: BigInt(productId), price, txn_id: txnId });
  console.log(`paid ${state}`);
  await queue.stop();
} catch (error) {
  if (!(error instanceof QueueError)) throw error;
  console.log(`refused ${error.code} ${error.message}`);
}
