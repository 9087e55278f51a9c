#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { type Command, help, readCommandLine, WrongUse } from "./command-line.ts";
import { startDashboard } from "./dashboard.ts";
import { isUrl, placeOf } from "./database.ts";
import { openExistingQueue } from "./existing-queue.ts";
import type { Operation } from "./operation.ts";
import { QueueError } from "./queue-error.ts";
import { countsText, descriptionOf, jsonOf, recordOf, tableOf, type Traced } from "./report.ts";
import type { RetryQueue } from "./retry-queue.ts";

// The reader of a pipe may have seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const command = readCommandLine(process.argv.slice(2), process.env);
    if (command.name === "help") console.log(help);
    else if (command.name === "version") console.log(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version);
    else if (command.name === "dashboard") await showDashboard(command);
    else await inQueue(command);
    return 0;
  } catch (error) {
    const isWrongUse = error instanceof WrongUse || (error instanceof QueueError && error.code === "invalid-option");
    console.error(`codegames-retry-queue: ${error instanceof Error ? error.message : error}${isWrongUse ? "; see codegames-retry-queue --help" : ""}`);
    return isWrongUse ? 2 : 1;
  }
}

type QueueCommand = Exclude<Command, { name: "help" | "version" | "dashboard" }>;

async function inQueue(command: QueueCommand): Promise<void> {
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
      const { state } = await queue.resolve(command.txnId, command.decision, command.note);
      return `${JSON.stringify(command.txnId)} is ${state}, and waits for nobody; in its audit trail: ${command.decision}, ${JSON.stringify(command.note)}`;
    }
    case "redrive":
      return redrive(queue, command.txnId);
    case "counts": {
      const { settled, checks, ...counts } = await queue.counts();
      return command.isJson ? jsonOf(counts) : countsText(counts);
    }
  }
}

async function list(queue: RetryQueue, { states, limit, isJson }: Extract<Command, { name: "list" }>): Promise<string> {
  const found = states.length > 0 ? await queue.list(states, limit + 1) : await queue.unresolved(limit + 1);
  const hasMore = found.length > limit;
  const traced: Traced[] = [];
  for (let at = 0; at < Math.min(limit, found.length); at += 20) {
    const part = found.slice(at, Math.min(at + 20, limit));
    traced.push(...(await Promise.all(part.map(async (operation) => ({ ...operation, ...(await queue.trail(operation)) })))));
  }
  if (isJson) return jsonOf({ operations: traced.map(recordOf), hasMore });
  if (traced.length === 0) return states.length > 0 ? `No operation is ${states.join(" or ")}` : "No operation waits for a person";
  return `${tableOf(traced, Date.now())}${hasMore ? `\n\nThere are more than these ${limit}: --limit shows more of them` : ""}`;
}

async function redrive(queue: RetryQueue, txnId: string | undefined): Promise<string> {
  if (txnId !== undefined) {
    const { state } = await existing(queue, txnId);
    if (state !== "unresolved") throw new Error(`Cannot redrive ${JSON.stringify(txnId)}: it must be unresolved, is ${state}`);
  }
  const count = await queue.redrive(txnId);
  return `${count === 1 ? "1 operation is" : `${count} operations are`} asked about again, as soon as a process works on the queue`;
}

async function existing(queue: RetryQueue, txnId: string): Promise<Operation> {
  const operation = await queue.get(txnId);
  if (!operation) throw new QueueError("unknown-operation", `There is no operation with txn_id ${JSON.stringify(txnId)} in the queue`);
  return operation;
}

async function showDashboard({ place, port }: Extract<Command, { name: "dashboard" }>): Promise<void> {
  if (!isUrl(place.database)) {
    throw new WrongUse(`the dashboard needs a queue in PostgreSQL, and ${placeOf(place.database)} can be open in one process only, which has to be the one that works on the queue: use list and show while it is stopped, or move to PostgreSQL`);
  }
  const { close } = await openExistingQueue(place);
  await close();
  const dashboard = await startDashboard({ ...place, port });
  console.log(`The dashboard of ${placeOf(place.database)} is at ${dashboard.url}, the queue at ${dashboard.url}/queues/${place.name}-status. Ctrl-C ends it.
What waits for a person is closed with the command resolve: to cancel or delete a job there settles nothing.`);
  const failure = await Promise.race([signalled(), dashboard.ended]);
  if (failure) throw failure;
  await dashboard.close();
}

function signalled(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(undefined));
  });
}
