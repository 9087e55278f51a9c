import { v7 } from "uuid";

/**
 * A new transaction id: a UUID of version 7 (RFC 9562, 5.7), 36 characters. Ids of one process sort in the order in which
 * they were made, ids of several machines by their clocks to the millisecond. Store it before the pay is sent.
 */
export const newTxnId = (): string => v7();
