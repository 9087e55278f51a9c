import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import { startProvider } from "@codegames/test-gentle/provider-process";
import { readSoldKeys } from "@codegames/test-gentle/sold-keys";
import { afterAll, inject, test } from "vitest";
import { createCaller } from "./caller.ts";
import { freezeInSale, type ProviderProcess } from "./process-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "codegames-frozen-"));
afterAll(() => rmSync(folder, { recursive: true }));

const leaseMs = 1500;

/** Where a process is when it freezes: nothing is decided while it finds the product; then it sells. */
const moments = { "finding the product": { findMs: 1000 }, selling: { findMs: 0, sellMs: 1000 } };

const variants = (["SQLite", "PostgreSQL"] as const).flatMap((database) =>
  (["within", "elsewhere"] as const).flatMap((sells) =>
    (Object.keys(moments) as (keyof typeof moments)[]).map((moment) => ({ database, sells, moment })),
  ),
);

// The case P51 on the providers that sellOnce makes, frozen where it matters.
test.concurrent.each(variants)(
  "P51 B13 a process frozen while $moment ($sells the store) has lost its lease, on $database",
  async ({ database, sells, moment }) => {
    const books =
      database === "SQLite" ? join(folder, `${sells} ${moment}.db`) : await newDatabase(inject("databaseUrl"));
    const input = { database: books, sells, leaseMs, ...moments[moment], port: 0, end: "gently" } as const;
    const start = async (): Promise<ProviderProcess> => {
      const provider = await startProvider(input);
      return {
        merchant: createCaller(`http://127.0.0.1:${provider.port}`, "Bearer token-of-the-merchant"),
        freeze: () => provider.signal("SIGSTOP"),
        thaw: () => provider.signal("SIGCONT"),
        endGently: async () => void (await provider.end()),
        salesOf: async (txnId) => (await readSoldKeys(books)).filter(({ txn_id }) => txn_id === txnId).length,
      };
    };
    await freezeInSale({ priceOf: () => 50_000 }, { start, slowProduct: "1", inSaleAfterMs: 250, leaseMs });
  },
  90_000,
);
