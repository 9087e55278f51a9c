import { v5 as uuidv5 } from "uuid";

/** UUID namespace of the operation ids. */
const namespace = "0f1c7b0e-5f0a-4d3e-9c55-6f2b7f0a1d11";

/** Derives an operation's id from its `txn_id`, so that the primary key of the jobs refuses a second job. */
export const operationIdOf = (queue: string, txnId: string): string => uuidv5(`${queue}\n${txnId}`, namespace);
