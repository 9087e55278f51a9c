import { type OutcomeClass, operations } from "@codegames/contract";
import { descriptionOfStatus } from "../contract-texts.ts";
import type { InBoth } from "../language.ts";
import { head, row } from "./markdown-table.ts";
import type { TableMaker } from "./table-maker.ts";
import { keepTheMoney, wireCases } from "./wire-cases.ts";

/** What happens to the customer's money, by operation and class. */
const money: Record<"pay" | "status", Partial<Record<OutcomeClass, InBoth>>> = {
  pay: {
    succeeded: {
      en: "keep it and deliver; if an expected key is missing, an operator decides",
      ru: "не возвращать, выдать продукт; если ожидаемый ключ не пришёл, решает оператор",
    },
    rejected: {
      en: "refund, if this was the only request with its `txn_id`",
      ru: "вернуть, если это был единственный запрос с этим `txn_id`",
    },
    unknown: keepTheMoney,
  },
  status: {
    succeeded: {
      en: "keep it; if nothing was delivered, an operator decides",
      ru: "не возвращать; если продукт не выдан, решает оператор",
    },
    rejected: {
      en: "refund once; after a delivery, raise an alarm and do not refund",
      ru: "вернуть один раз; если продукт уже выдан — тревога, без возврата",
    },
    absent: {
      en: "refund after five such answers in a row, one period apart, with no pay under way",
      ru: "вернуть после пяти таких ответов подряд с интервалом в период, если ни одной оплаты нет в пути",
    },
  },
};

/** Every status of every operation: its class, its meaning, and the money. */
export const printStatuses: TableMaker = ({ language, contract, t }) => {
  const moneyAfter = (id: (typeof operations)[keyof typeof operations]["id"], outcome: OutcomeClass): string => {
    if (id === "check") return "—";
    const text = money[id][outcome];
    if (!text) throw new Error(`docs: no text for the money after ${outcome} of ${id}`);
    return text[language];
  };
  const rows = Object.values(operations).flatMap(({ id, outcomes }) =>
    Object.entries(outcomes).map(([status, outcome]) =>
      row(
        `\`${id}\``,
        `\`${status}\``,
        `\`${outcome}\``,
        descriptionOfStatus(contract, id, status),
        moneyAfter(id, outcome),
      ),
    ),
  );
  const meaning = t("Meaning", "Что означает");
  return (
    head(t("Call", "Вызов"), "`status`", t("Class", "Класс"), meaning, t("The customer's money", "Деньги клиента")) +
    rows.join("")
  );
};

/** Everything that can happen to a call except an answer with a status of the contract. */
export const printWireCases: TableMaker = ({ language, t }) => {
  const rows = Object.entries(wireCases).map(([key, { case: happens, money: after, interpretations }]) => {
    const [outcome = "", reason = ""] = key.split(" ");
    const links = interpretations.map((id) => `[${id}](readings.html#${id})`).join(", ");
    return row(happens[language], `\`${outcome}\``, `\`${reason}\``, after[language], links);
  });
  return (
    head(
      t("What happens", "Что случилось"),
      t("Class", "Класс"),
      "`reason`",
      t("The customer's money after a pay", "Деньги клиента после оплаты"),
      t("Interpretations", "Трактовки"),
    ) + rows.join("")
  );
};
