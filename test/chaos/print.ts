import type { Plan, Verdict } from "./chaos.ts";
import { rules } from "./judge.ts";

/** Prints a run: the figures, then a line per rule, then the operations that break one. */
export function tableOf({ on, workers }: Pick<Plan, "on" | "workers">, verdict: Verdict): string[] {
  const { figures, violations, histories, errors } = verdict;
  const value = (name: string) => (figures[name] ?? Number.NaN).toLocaleString("en");
  const calls = (figures["pays"] ?? 0) + (figures["checks"] ?? 0);
  const faultPercent = ((100 * (figures["faults"] ?? 0)) / calls).toFixed(1);
  const outcomes = ["succeeded", "rejected", "cancelled"].map((outcome) => `${value(outcome)} ${outcome}`).join(", ");
  const rows: [string, string][] = [
    ["operations accepted", `${value("operations")}, ${value("acknowledged")} of them acknowledged to the caller`],
    ["workers, kill -9", `${workers}, ${value("kills")}`],
    ["restarts of PostgreSQL", value("restarts")],
    ["pays, status calls", `${value("pays")}, ${value("checks")}; ${faultPercent} % with a fault of the wire`],
    ["sold", value("sold")],
    ["settled", `${value("settled")}: ${outcomes}`],
    ["  of them by status", `${value("settledByStatus")}; never sent: ${value("notSent")}`],
    [
      "unresolved, conflicts",
      `${value("unresolved")} (${value("silent")} of them never answered), ${value("conflicts")}`,
    ],
  ];
  const verdictOf = (broken: number) => (broken === 0 ? "holds" : `VIOLATED ${broken} times`);
  const verdicts = Object.entries(rules).map(([rule, text]): [string, string] => [
    text,
    verdictOf(violations.filter((violation) => violation.rule === rule).length),
  ]);
  const noErrors: [string, string] = ["no worker failed by itself", verdictOf(errors.length)];
  const table: [string, string][] = [...rows, ["", ""], ...verdicts, noErrors];
  const width = Math.max(...table.map(([name]) => name.length));
  return [
    "",
    on === "postgres" ? "PostgreSQL" : "PGlite in a folder",
    ...table.map(([name, text]) => (name ? `  ${name.padEnd(width)}  ${text}` : "")),
    ...violations.slice(0, 20).map(({ rule, txn_id, detail }) => `VIOLATED ${rule}: ${txn_id}: ${detail}`),
    ...Object.entries(histories).flatMap(([txnId, lines]) => [
      "",
      `history of ${txnId}`,
      ...lines.map((line) => `  ${line}`),
    ]),
    ...errors.slice(0, 5).map((error) => `ERROR: ${error}`),
  ];
}
