import { type AnswerTable, literals, type Treatment } from "../answer-table.ts";
import { readText } from "./content-data.ts";
import { head, row } from "./markdown-table.ts";
import type { TableContext, TableMaker } from "./table-maker.ts";

/** How each member of each answer is read with each literal in its place. Answers that agree share a row. */
export const printAnswers: TableMaker = ({ t }) => {
  const rows = new Map<string, { member: string; answers: string[]; cells: Cells }>();
  for (const [answer, members] of Object.entries(readAnswerTable())) {
    for (const [member, cells] of Object.entries(members)) {
      const key = `${member} ${JSON.stringify(cells)}`;
      const known = rows.get(key) ?? { member, answers: [], cells };
      rows.set(key, known);
      known.answers.push(
        answer.replace(/^(\w+) refused$/, t("refusal of `$1`", "отказ `$1`")).replace(/^(\w+) OK$/, "`$1`"),
      );
    }
  }
  const titles = [
    t("Member", "Поле"),
    t("Of", "Ответ"),
    t("Read", "Читается"),
    t("Read, listed", "Читается, отмечено"),
    t("Absent", "Отсутствует"),
    t("Absent, body kept", "Отсутствует, тело сохранено"),
    t("Unknown", "Неизвестно"),
  ];
  const lines = [...rows.values()].map(({ member, answers, cells }) =>
    row(`\`${member}\``, answers.join(", "), ...columns.map((treatments) => printCell(treatments, cells, t))),
  );
  return head(...titles) + lines.join("");
};

type Cells = AnswerTable[string][string];

const readAnswerTable = (): AnswerTable => JSON.parse(readText("tools/docs/content/answer-table.json")) as AnswerTable;

/** The columns after the member and its answers. */
const columns: readonly (readonly Treatment[])[] = [
  ["read"],
  ["read, listed", "read, listed, kept"],
  ["absent", "absent, listed"],
  ["absent, listed, kept"],
  ["malformed", "mismatch", "unrecognised-status"],
];

function printCell(treatments: readonly Treatment[], cells: Cells, t: TableContext["t"]): string {
  const named = treatments.flatMap((treatment) => {
    const found = literals.map(([name]) => name).filter((name) => cells[name] === treatment);
    if (found.length === 0) return [];
    const list =
      found.length > mostListed
        ? t("everything else", "всё остальное")
        : found.map((name) => spell(name, t)).join(", ");
    return [withNote(treatment, list, t)];
  });
  return named.join("; ");
}

/** Longer lists are shortened: at most one a row, which a test checks. */
const mostListed = 9;

const spell = (name: string, t: TableContext["t"]) => (name === "missing" ? t("missing", "нет поля") : `\`${name}\``);

function withNote(treatment: Treatment, list: string, t: TableContext["t"]): string {
  if (treatment === "read, listed, kept") return `${list} ${t("(body kept)", "(тело сохранено)")}`;
  return treatment.startsWith("read") || treatment.startsWith("absent") ? list : `\`${treatment}\`: ${list}`;
}
