import { changelogIn, readChangelogs } from "./changelog.ts";
import type { OpenApi } from "./contract-texts.ts";
import type { Language } from "./language.ts";
import { printAnswers } from "./tables/answers.ts";
import { printCertification } from "./tables/certification.ts";
import { printCode } from "./tables/code.ts";
import { printForeignTools, printForeignToolsDate } from "./tables/foreign-tools.ts";
import { printInterpretations } from "./tables/interpretations.ts";
import { printStatuses, printWireCases } from "./tables/outcomes.ts";
import { printPackages, printReferences } from "./tables/packages.ts";
import { printFaults, printMagicProducts, printProducts } from "./tables/sandbox.ts";
import { printAttempts, printPeriod } from "./tables/status-queue.ts";
import type { TableMaker } from "./tables/table-maker.ts";

/** Who prints what replaces `<!-- NAME -->` in the content. */
const makers: Record<string, TableMaker> = {
  attempts: printAttempts,
  certification: printCertification,
  changelog: ({ language }) => changelogIn(language, readChangelogs()),
  code: printCode,
  answers: printAnswers,
  faults: printFaults,
  interpretations: printInterpretations,
  magic: printMagicProducts,
  packages: printPackages,
  period: printPeriod,
  products: printProducts,
  references: printReferences,
  statuses: printStatuses,
  tools: printForeignTools,
  toolsDate: printForeignToolsDate,
  wire: printWireCases,
};

/**
 * Prints the Markdown that replaces a placeholder.
 *
 * @throws {Error} When there is no placeholder of this name, or when a text is missing
 */
export function printTable(name: string, args: string[], language: Language, contract: OpenApi): string {
  const print = makers[name];
  if (!print) throw new Error(`docs: no table "${name}"; there are ${Object.keys(makers).join(", ")}`);
  return print({ args, language, contract, t: (en, ru) => ({ en, ru })[language] });
}
