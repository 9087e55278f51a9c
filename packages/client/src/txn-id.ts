import { v7 } from "uuid";

/**
 * Makes a transaction id: a UUID of version 7 (RFC 9562, 5.7), 36 characters. Store it before you send the pay.
 *
 * Ids of one process sort in the order in which they were made; ids of several machines sort by their clocks, to the
 * millisecond.
 *
 * @example
 *   ```ts
 *   import { newTxnId } from "@codegames/client";
 *
 *   console.log(newTxnId()); // 019338ae-…
 *   ```
 */
export const newTxnId = (): string => v7();
