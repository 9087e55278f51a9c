import type { Plan, Verdict } from "./chaos.ts";
import { rules } from "./judge.ts";

/** What a run has shown: the figures, then a line for each rule, then the operations that break one. */
export function tableOf({ on, workers }: Pick<Plan, "on" | "workers">, { figures, violations, histories, wrongs }: Verdict): string[] {
  const value = (name: string) => (figures[name] ?? Number.NaN).toLocaleString("en");
  const calls = (figures["pays"] ?? 0) + (figures["checks"] ?? 0);
  const rows: [string, string][] = [
    ["operations accepted", `${value("operations")}, ${value("acknowledged")} of them told to the caller`],
    ["workers, kill -9", `${workers}, ${value("kills")}`],
    ["restarts of PostgreSQL", value("restarts")],
    ["pays, status calls", `${value("pays")}, ${value("checks")}; ${((100 * (figures["faults"] ?? 0)) / calls).toFixed(1)} % with a fault of the wire`],
    ["sold", value("sold")],
    ["settled", `${value("settled")}: ${value("succeeded")} succeeded, ${value("rejected")} rejected, ${value("cancelled")} cancelled`],
    ["  of them by status", `${value("settledByStatus")}; never sent: ${value("notSent")}`],
    ["unresolved, conflicts", `${value("unresolved")} (${value("silent")} of them never answered), ${value("conflicts")}`],
  ];
  const verdicts = Object.entries(rules).map(([rule, text]): [string, string] => {
    const broken = violations.filter((violation) => violation.rule === rule).length;
    return [text, broken === 0 ? "holds" : `VIOLATED ${broken} times`];
  });
  const table = [...rows, ["", ""], ...verdicts, ["no worker failed by itself", wrongs.length === 0 ? "holds" : `VIOLATED ${wrongs.length} times`]] as [string, string][];
  const width = Math.max(...table.map(([name]) => name.length));
  return [
    "", on === "postgres" ? "PostgreSQL" : "PGlite in a folder",
    ...table.map(([name, text]) => (name ? `  ${name.padEnd(width)}  ${text}` : "")),
    ...violations.slice(0, 20).map(({ rule, txn_id, detail }) => `VIOLATED ${rule}: ${txn_id}: ${detail}`),
    ...Object.entries(histories).flatMap(([txnId, lines]) => ["", `history of ${txnId}`, ...lines.map((line) => `  ${line}`)]),
    ...wrongs.slice(0, 5).map((wrong) => `WRONG: ${wrong}`),
  ];
}
