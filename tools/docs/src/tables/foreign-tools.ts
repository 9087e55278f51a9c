import type { InBoth } from "../language.ts";
import { readContentData, readText } from "./content-data.ts";
import { head, row } from "./markdown-table.ts";
import type { TableContext, TableMaker } from "./table-maker.ts";

type Seen = Partial<Record<string, string>>;

/** What `npm run foreign` has written. */
interface ForeignTools {
  date: string;
  tools: Record<string, { versions: Record<string, string>; seen: Seen }>;
}

interface Words {
  name: InBoth;
  right: InBoth;
  watch: InBoth;
}

const readTools = () => JSON.parse(readText("tools/docs/content/foreign-tools.json")) as ForeignTools;

/** What other people's tools make of the contract: what was seen of them, and what to watch for. */
export const printForeignTools: TableMaker = ({ language, t }) => {
  const words = readContentData<Record<string, Words>>("foreign-tools");
  const titles = [
    t("Tool", "Инструмент"),
    t("Version", "Версия"),
    t("The same pay again", "Та же оплата ещё раз"),
    t("A cancelled pay", "Отменённая оплата"),
    t("A status not listed", "Статус не из контракта"),
    t("An id above 2^53", "Номер больше 2^53"),
    t("Does right", "Делает верно"),
    t("Watch for", "На что обратить внимание"),
  ];
  const rows = Object.entries(readTools().tools).map(([id, { versions, seen }]) => {
    const text = words[id];
    if (!text) throw new Error(`docs: content/foreign-tools.yaml has no words for ${id}`);
    const numbers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    const steps = [
      code(seen["repeat"]),
      code(seen["canceled"]),
      unlisted(seen["unlisted"], t),
      largeId(seen["largeId"], t),
    ];
    return row(text.name[language], numbers.join(", "), ...steps, text.right[language], text.watch[language]);
  });
  return head(...titles) + rows.join("");
};

/** The day on which the tools were last looked at. */
export const printForeignToolsDate: TableMaker = () => readTools().date;

const code = (seen: string | undefined) => (seen === undefined ? "–" : `\`${seen}\``);

const unlisted = (seen: string | undefined, t: TableContext["t"]) =>
  seen === "an error" ? t("an error", "ошибка") : code(seen);

function largeId(seen: string | undefined, t: TableContext["t"]): string {
  if (seen === undefined) return "–";
  const known: Record<string, string> = {
    exact: t("exact", "точен"),
    refused: t("refused", "отклонён"),
    rounded: t("rounded", "округлён"),
    "sent exact, shown rounded": t("sent exact, shown rounded", "отправлен точно, показан округлённым"),
  };
  const text = known[seen];
  if (text === undefined) throw new Error(`docs: no words for an id that is ${seen}`);
  return text;
}
