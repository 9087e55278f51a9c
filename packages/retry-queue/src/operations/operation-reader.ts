import { QueueError } from "../queue-error.ts";
import type { Db } from "../storage/db.ts";
import { statementsIn } from "../storage/statements.ts";
import { operationStatements } from "./operation-statements.ts";
import { type Operation, operationOf, type OperationRow, type OperationState } from "./operation.ts";
import type { QueueContext } from "./queue-context.ts";

/** Reads operations, and writes nothing. */
export class OperationReader {
  readonly #context: QueueContext;
  readonly #sql: Readonly<Record<keyof typeof operationStatements, string>>;

  constructor(context: QueueContext) {
    this.#context = context;
    this.#sql = statementsIn(context.storage.schema, operationStatements);
  }

  async #read(
    statement: "find" | "listByState" | "listWaiting" | "readUnsent",
    values: unknown[],
    db: Db = this.#context.storage.db,
  ) {
    const { rows } = await db.executeSql(this.#sql[statement], [this.#context.name, ...values]);
    return rows;
  }

  async findRow(txnId: string): Promise<OperationRow | undefined> {
    return (await this.#read("find", [[txnId]]))[0];
  }

  async find(txnId: string): Promise<Operation | undefined> {
    const row = await this.findRow(txnId);
    return row && operationOf(row);
  }

  /** @throws A {@link QueueError} with code `unknown-operation` when the queue does not know the `txn_id`. */
  async existing(txnId: string): Promise<Operation> {
    const operation = await this.find(txnId);
    if (operation) return operation;
    const quoted = JSON.stringify(txnId);
    throw new QueueError(
      "unknown-operation",
      `There is no operation with txn_id ${quoted} in the queue ${this.#context.name}`,
    );
  }

  /**
   * Reads the rows of these operations as the caller's transaction sees them.
   *
   * @throws When one of them does not exist: a pay must not be sent on the strength of an operation that is not there.
   */
  async existingRows(tx: Db, txnIds: readonly string[]): Promise<Map<string, OperationRow>> {
    const rows: OperationRow[] = txnIds.length > 0 ? await this.#read("find", [txnIds], tx) : [];
    const found = new Map(rows.map((row) => [row.txn_id, row]));
    const gone = txnIds.find((txnId) => !found.has(txnId));
    if (gone === undefined) return found;
    throw new Error(`The operation ${JSON.stringify(gone)} was deleted while it was read`);
  }

  /** Lists the operations in some states, oldest first. */
  async list(states: readonly OperationState[], limit: number): Promise<Operation[]> {
    return (await this.#read("listByState", [states, limit])).map(operationOf);
  }

  /** Lists the operations that wait for the operator, oldest first. */
  async listWaiting(limit: number): Promise<Operation[]> {
    return (await this.#read("listWaiting", [limit])).map(operationOf);
  }

  /** Reads how many leases of each operation have sent nothing, and are no attempts. */
  async readUnsent(txnIds: readonly string[]): Promise<Map<string, number>> {
    return new Map((await this.#read("readUnsent", [txnIds])).map((row) => [row.txn_id, row.unsent]));
  }
}
