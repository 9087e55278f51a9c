import { WrongUse } from "@codegames/command-line";
import type { Operation } from "../operations/operation.ts";
import { isQueueError, QueueError } from "../queue-error.ts";
import type { RetryQueue } from "../retry-queue.ts";
import { isUrl, placeOf } from "../storage/database-url.ts";
import type { Command } from "./command-line.ts";
import { startDashboard } from "./dashboard.ts";
import { openExistingQueue } from "./existing-queue.ts";
import { countsText, descriptionOf, jsonOf, recordOf, tableOf, type TracedOperation } from "./report.ts";

type QueueCommand = Exclude<Command, { name: "dashboard" }>;

/** Runs one command of `codegames-retry-queue`. */
export async function runQueueCommand(command: Command): Promise<void> {
  // The reader of a pipe may close it early.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    await (command.name === "dashboard" ? showDashboard(command) : runInQueue(command));
  } catch (error) {
    const isWrongUse = isQueueError(error) && error.code === "invalid-option";
    throw isWrongUse ? new WrongUse(error.message) : error;
  }
}

async function runInQueue(command: QueueCommand): Promise<void> {
  const { queue, close } = await openExistingQueue(command.place);
  try {
    console.log(await run(queue, command));
  } finally {
    await close();
  }
}

async function run(queue: RetryQueue, command: QueueCommand): Promise<string> {
  switch (command.name) {
    case "list":
      return list(queue, command);
    case "show": {
      const operation = await existing(queue, command.txnId);
      const traced = { ...operation, ...(await queue.trail(operation)) };
      return command.isJson ? jsonOf(recordOf(traced)) : descriptionOf(traced, Date.now());
    }
    case "resolve": {
      const { txnId, resolution, note } = command;
      const { state } = await queue.resolve(txnId, resolution, note);
      const recorded = `${resolution}, ${JSON.stringify(note)}`;
      return `${JSON.stringify(txnId)} is ${state}, nothing left to do; recorded: ${recorded}`;
    }
    case "redrive":
      return redrive(queue, command.txnId);
    case "counts": {
      const { settled: _, checks: __, ...counts } = await queue.counts();
      return command.isJson ? jsonOf(counts) : countsText(counts);
    }
  }
}

async function list(queue: RetryQueue, command: Extract<Command, { name: "list" }>): Promise<string> {
  const { states, limit, isJson } = command;
  const found = states.length > 0 ? await queue.list(states, limit + 1) : await queue.unresolved(limit + 1);
  const hasMore = found.length > limit;
  const traced: TracedOperation[] = [];
  for (let at = 0; at < Math.min(limit, found.length); at += 20) {
    const part = found.slice(at, Math.min(at + 20, limit));
    const trace = async (operation: Operation) => ({ ...operation, ...(await queue.trail(operation)) });
    traced.push(...(await Promise.all(part.map(trace))));
  }
  if (isJson) return jsonOf({ operations: traced.map(recordOf), hasMore });
  if (traced.length === 0) {
    return states.length > 0 ? `No operation is ${states.join(" or ")}` : "No operation waits for the operator";
  }
  const more = hasMore ? `\n\nThere are more than these ${limit}: --limit shows more` : "";
  return `${tableOf(traced, Date.now())}${more}`;
}

async function redrive(queue: RetryQueue, txnId: string | undefined): Promise<string> {
  if (txnId !== undefined) {
    const { state } = await existing(queue, txnId);
    if (state !== "unresolved") {
      throw new Error(`Cannot redrive ${JSON.stringify(txnId)}: it must be unresolved, is ${state}`);
    }
  }
  const count = await queue.redrive(txnId);
  const operations = count === 1 ? "1 operation is" : `${count} operations are`;
  return `${operations} pending again; the hub is asked as soon as a process works on the queue`;
}

async function existing(queue: RetryQueue, txnId: string): Promise<Operation> {
  const operation = await queue.get(txnId);
  if (operation) return operation;
  const problem = `There is no operation with txn_id ${JSON.stringify(txnId)} in the queue`;
  throw new QueueError("unknown-operation", problem);
}

async function showDashboard({ place, port }: Extract<Command, { name: "dashboard" }>): Promise<void> {
  const where = placeOf(place.database);
  if (!isUrl(place.database)) {
    const problem = "the dashboard needs a queue in PostgreSQL";
    const reason = `${where} can be open only in the process that works on the queue`;
    throw new WrongUse(`${problem}, and ${reason}: use list and show while it is stopped, or move to PostgreSQL`);
  }
  const { close } = await openExistingQueue(place);
  await close();
  const dashboard = await startDashboard({ ...place, port });
  const queueUrl = `${dashboard.url}/queues/${place.name}-status`;
  console.log(`The dashboard of ${where} is at ${dashboard.url}, the queue at ${queueUrl}. Ctrl-C ends it.
Close operations with the command resolve: to cancel or delete a job in the dashboard settles nothing.`);
  const failure = await Promise.race([untilSignalled(), dashboard.ended]);
  if (failure) throw failure;
  await dashboard.close();
}

function untilSignalled(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(undefined));
  });
}
