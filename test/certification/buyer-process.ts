/**
 * A merchant in its own process: opens the queue on a database, prints each call before it is sent, and buys once.
 * Prints `refused CODE MESSAGE` when the queue cannot be opened. Argument: a `BuyerInput` as JSON.
 */
import { bearer, createClient } from "@codegames/client";
import { openRetryQueue, QueueError } from "@codegames/retry-queue";

export interface BuyerInput {
  baseUrl: string;
  database: string;
  /** Name of the queue. */
  name: string;
  txnId: string;
  productId: string;
  price: number;
}

const { baseUrl, database, name, txnId, productId, price } = JSON.parse(process.argv[2] ?? "") as BuyerInput;
const client = createClient({
  baseUrl,
  auth: bearer("sandbox"),
  hooks: { onRequest: ({ operation }) => console.log(`sends ${operation}`) },
});
try {
  const onSettled = ({ outcome }: { outcome: string }) => console.log(`settled ${outcome}`);
  const queue = await openRetryQueue({ client, database, name, onSettled });
  await queue.start();
  const { state } = await queue.pay({ product_id: BigInt(productId), price, txn_id: txnId });
  console.log(`paid ${state}`);
  await queue.stop();
} catch (error) {
  if (!(error instanceof QueueError)) throw error;
  console.log(`refused ${error.code} ${error.message}`);
}
