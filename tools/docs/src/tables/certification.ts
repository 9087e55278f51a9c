import type { InBoth } from "../language.ts";
import { readContentData } from "./content-data.ts";
import { anchor, head, row } from "./markdown-table.ts";
import type { TableContext, TableMaker } from "./table-maker.ts";

interface Case {
  id: string;
  /** Of a provider's case: `R`, required, or `O`, optional. */
  level?: string;
  name: InBoth;
  /** What the test sends to a provider. */
  request?: InBoth;
  /** What the provider does to a merchant under test. */
  stimulus?: InBoth;
  expected: InBoth;
}

export interface Certification {
  fixtures: InBoth;
  levels: InBoth;
  provider: Case[];
  merchant: Case[];
}

/** Reads the certification cases. */
export const readCertification = (): Certification => readContentData("certification");

/** The cases of both sides, each under an anchor with its id. */
export const printCertification: TableMaker = (context) => {
  const certification = readCertification();
  return `${providerCases(certification, context)}\n${merchantCases(certification, context)}`;
};

function providerCases({ fixtures, levels, provider }: Certification, { language, t }: TableContext): string {
  const rows = provider.map(({ id, name, request, expected, level = "" }) =>
    row(anchor(id), name[language], request?.[language] ?? "", expected[language], level),
  );
  return (
    `## ${t("Provider cases", "Проверка провайдера")} {#provider}\n\n` +
    `${fixtures[language]}\n\n${levels[language]}\n\n` +
    head(
      "№",
      t("Case", "Сценарий"),
      t("Request", "Что делается"),
      t("Expected", "Что ожидается"),
      t("Level", "Уровень"),
    ) +
    rows.join("")
  );
}

function merchantCases({ merchant }: Certification, { language, t }: TableContext): string {
  const rows = merchant.map(({ id, name, stimulus, expected }) =>
    row(anchor(id), name[language], stimulus?.[language] ?? "", expected[language]),
  );
  return (
    `## ${t("Merchant cases", "Проверка мерчанта")} {#merchant}\n\n` +
    `${t("The sandbox plays the provider.", "Роль провайдера играет песочница.")}\n\n` +
    head("№", t("Case", "Сценарий"), t("What happens", "Что происходит"), t("Expected", "Что ожидается")) +
    rows.join("")
  );
}
