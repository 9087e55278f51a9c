import type { Mutant } from "./client.ts";

const sqlite = "transaction-store/sqlite/statements.ts";
const postgres = "transaction-store/postgres/statements.ts";

// Parts of the names of the tests.
const inModel = "keeps every promise";
const onSqlite = "replayed on SQLite in memory";
const onPostgres = "replayed on PostgreSQL";

/**
 * Faults of `sellOnce` and of the stores' statements that sell twice, or cancel what was sold. Only the interleavings
 * judge them: those that a fault of `sellOnce` breaks are found in the model, those of a statement in the replays.
 */
export const serverMutants: Mutant[] = [
  {
    name: "refuse whatever is undecided, by its key alone (sold, and cancelled for good)",
    test: inModel,
    file: "sell-once/sell.ts",
    from: "return (await store.settle(seen, settlement)) ?",
    to: `const now = await store.find(seen);
  return now && "leaseId" in now && (await store.settle(now, settlement)) ?`,
  },
  {
    name: "refuse an abandoned sale instead of making it again",
    test: inModel,
    file: "sell-once/recover.ts",
    from: 'if (transaction.state === "pending")',
    to: "if (isUndecided(transaction))",
  },
  {
    name: "sell before the pay is stored",
    test: inModel,
    file: "sell-once/pay.ts",
    from: "const stored = await shop.store.insertIfNew",
    to: "await shop.sell?.(order as never);\n  const stored = await shop.store.insertIfNew",
  },
  {
    name: "sell a repeat as well",
    test: inModel,
    file: "sell-once/pay.ts",
    from: "if (stored.partner_txn_id !== order.partner_txn_id)",
    to: "if (!isUndecided(stored))",
  },
  {
    name: "sell a pay that was stored a lease after it was asked for",
    test: inModel,
    file: "sell-once/pay.ts",
    from: 'if (performance.now() - askedAtMs >= shop.leaseMs) return "TXN_CANCELED";',
    to: "",
  },
  {
    name: "begin a sale although the process was frozen for a lease",
    test: inModel,
    file: "sell-once/sell.ts",
    from: " || performance.now() - askedAtMs >= leaseMs",
    to: "",
  },
  {
    name: "take a supplier that does not answer for one that has nothing left",
    test: inModel,
    file: "sell-once/sell.ts",
    from: "await sell?.(seen)",
    to: 'await Promise.resolve(sell?.(seen)).catch(() => "out-of-stock" as const)',
  },
  {
    name: "settle as sold what is out of stock",
    test: inModel,
    file: "sell-once/sell.ts",
    from: '  sale ? ({ state: "sold" } as const)',
    to: '  sale !== null ? ({ state: "sold" } as const)',
  },
  {
    name: "status: an undecided pay is not found",
    test: inModel,
    file: "sell-once/status.ts",
    from: "if (!transaction) throw new ProblemError(503);",
    to: 'if (!transaction) return { status: "TXN_NOT_FOUND" };',
  },
  {
    name: "status: what is being sold is sold",
    test: inModel,
    file: "sell-once/status.ts",
    from: "const transaction = await decide(shop, found);",
    to: `const isSelling = found.state === "selling";
  const transaction = isSelling ? { ...found, state: "sold" as const } : await decide(shop, found);`,
  },
  {
    name: "SQLite: take the lease of a pending pay although it is over",
    test: onSqlite,
    file: sqlite,
    from: "(state = 'selling') = (lease_until_ms <= :nowMs)",
    to: "(state = 'pending' OR lease_until_ms <= :nowMs)",
  },
  {
    name: "SQLite: nobody takes a sale over that was abandoned",
    test: onSqlite,
    file: sqlite,
    from: "(state = 'selling') = (lease_until_ms <= :nowMs)",
    to: "lease_until_ms > :nowMs",
  },
  {
    name: "SQLite: change a transaction whoever has its lease",
    test: onSqlite,
    file: sqlite,
    from: "AND state = :state AND lease_id = :seenLeaseId",
    to: "AND state = :state AND :seenLeaseId <> ''",
  },
  {
    name: "SQLite: refuse what was sold, when the commit succeeded in spite of its error",
    test: onSqlite,
    file: sqlite,
    from: "AND state = :state AND lease_id = :seenLeaseId",
    to: "AND :state <> '' AND lease_id = :seenLeaseId",
  },
  {
    name: "SQLite: the last of two equal pays wins",
    test: onSqlite,
    file: sqlite,
    from: "ON CONFLICT (merchant, txn_id) DO NOTHING",
    to: "ON CONFLICT (merchant, txn_id) DO UPDATE SET partner_txn_id = excluded.partner_txn_id",
  },
  {
    name: "SQLite: a new lease has the id of the old one",
    test: onSqlite,
    file: "transaction-store/sqlite/sqlite-store.ts",
    from: "const leaseId = randomUUID();\n  const { changes } = statement.run",
    to: "const { leaseId } = seen;\n  const { changes } = statement.run",
  },
  {
    name: "PostgreSQL: take the lease of a pending pay although it is over",
    test: onPostgres,
    file: postgres,
    from: "(stored.state = 'selling') = (stored.lease_until_ms <= now_ms)",
    to: "(stored.state = 'pending' OR stored.lease_until_ms <= now_ms)",
  },
  {
    name: "PostgreSQL: change a transaction whoever has its lease",
    test: onPostgres,
    file: postgres,
    from: "AND stored.lease_id = seen_lease_id",
    to: "",
  },
  {
    name: "PostgreSQL: sell within the database although the lease is over",
    test: onPostgres,
    file: postgres,
    from: ' AND lease_id = $3 AND lease_until_ms > ${nowMs("$4")}',
    to: ' AND lease_id = $3 AND ${nowMs("$4")} > 0',
  },
  {
    name: "PostgreSQL: a refusal within the database stays sold",
    test: onPostgres,
    file: "transaction-store/postgres/postgres-store.ts",
    from: "if (refusal !== null) await",
    to: "if (refusal === undefined) await",
  },
];
