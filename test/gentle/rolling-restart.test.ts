import { newDatabase } from "@codegames/database";
import { expect, inject, test } from "vitest";
import { findProxy, proxyNames, readConfiguration, whyLeftOut } from "./proxies.ts";
import { isSound, printReport, runRollingRestart } from "./rolling-restart.ts";

const found = proxyNames.flatMap((proxy) => {
  const file = findProxy(proxy);
  if (!file) console.log(whyLeftOut(proxy));
  return file ? [{ proxy, file }] : [];
});

test.each(found)("B14 two providers behind $proxy are restarted in turn, and no pay is unknown", async (proxy) => {
  const plan = { ...proxy, restarts: 2, paysPerSecond: 100, end: "gently" } as const;
  const report = await runRollingRestart({ ...plan, database: await newDatabase(inject("databaseUrl")) });
  console.log(printReport(plan, report));
  expect(report.faults).toEqual([]);
  expect(report.classes).toMatchObject({ "503 of the provider": { count: 0 }, other: { count: 0 } });
  expect(isSound(report)).toBe(true);
});

test("RW24 the README's proxies send a pay again only when nothing of it was sent", () => {
  const [nginx, haproxy] = proxyNames.map((name) => readConfiguration(name).replaceAll(/^ *#.*$/gm, ""));
  expect(nginx).toContain("proxy_next_upstream error timeout;");
  expect(nginx).not.toContain("non_idempotent");
  expect(haproxy).toMatch(/^ *retry-on conn-failure$/m);
  for (const text of [nginx, haproxy])
    for (const port of [8080, 8081, 8082]) expect(text?.split(`127.0.0.1:${port}`)).toHaveLength(2);
});
