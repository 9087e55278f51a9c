import type { InBoth } from "../language.ts";
import { readContentData } from "./content-data.ts";
import { anchor, head, row } from "./markdown-table.ts";
import type { TableMaker } from "./table-maker.ts";

export interface InterpretationsSection {
  section: InBoth;
  interpretations: { id: string; question: InBoth; interpretation: InBoth; short: string }[];
}

/** Reads the open questions of the protocol with our interpretations, by section. */
export const readInterpretations = (): InterpretationsSection[] => readContentData("readings");

/** All interpretations, each under an anchor with its id. */
export const printInterpretations: TableMaker = ({ language, t }) => {
  const sections = readInterpretations().map(({ section, interpretations }, index) => {
    const rows = interpretations.map(({ id, question, interpretation }) =>
      row(anchor(id), question[language], interpretation[language]),
    );
    return (
      `\n## ${section[language]} {#${"ABCDE"[index]}}\n\n` +
      head("№", t("Question", "Вопрос"), t("Interpretation", "Трактовка")) +
      rows.join("")
    );
  });
  return sections.join("");
};
