import type { InBoth } from "../language.ts";
import { readContentData } from "./content-data.ts";
import { anchor, head, row } from "./markdown-table.ts";
import type { TableMaker } from "./table-maker.ts";

interface Interpretation {
  id: string;
  question: InBoth;
  interpretation: InBoth;
  short: string;
  /** Whether the packages do not follow it yet. */
  isAhead?: boolean;
}

export interface InterpretationsSection {
  section: InBoth;
  interpretations: Interpretation[];
}

/** Reads the open questions of the protocol with our interpretations, by section. */
export const readInterpretations = (): InterpretationsSection[] => readContentData("readings");

/** All interpretations, each under an anchor with its id. */
export const printInterpretations: TableMaker = ({ language, t }) => {
  const sections = readInterpretations().map(({ section, interpretations }, index) => {
    const ahead = t("_The packages do not do this yet._", "_Пакеты этого пока не делают._");
    const rows = interpretations.map(({ id, question, interpretation, isAhead }) =>
      row(anchor(id), question[language], `${interpretation[language].trim()}${isAhead ? ` ${ahead}` : ""}`),
    );
    return (
      `\n## ${section[language]} {#${"ABCDE"[index]}}\n\n` +
      head("№", t("Question", "Вопрос"), t("Interpretation", "Трактовка")) +
      rows.join("")
    );
  });
  return sections.join("");
};
