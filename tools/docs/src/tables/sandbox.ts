import { defaultCatalogue, faultKinds, magicProducts, slowProduct } from "@codegames/sandbox";
import type { Language } from "../language.ts";
import { readContentData } from "./content-data.ts";
import { head, row } from "./markdown-table.ts";
import type { TableContext, TableMaker } from "./table-maker.ts";

const faultsInRussian = readContentData<Record<string, string>>("faults.ru");

/** The products without a fault. */
export const printProducts: TableMaker = ({ t }) => {
  const products = defaultCatalogue.filter(({ id }) => id < 1000n || id > 2000n);
  const rows = products.map(({ id, name, price, keys }) => {
    const stock = keys === "none" ? t("a top-up without a key", "пополнение без ключа") : String(keys);
    return row(String(id), name, String(price), stock);
  });
  return head("`product_id`", t("Name", "Название"), t("Price", "Цена"), t("Keys", "Ключи")) + rows.join("");
};

/** The products with a fault: whether `pay` sells, and what both calls answer. */
export const printMagicProducts: TableMaker = (context) => {
  const { language, t } = context;
  const rows = magicProducts.map((product) => {
    const sold = product.pay.isServed ? t("yes", "да") : t("no", "нет");
    return row(String(product.id), sold, fault(product.pay.kind, language), statusAnswers(product, context));
  });
  const seconds = slowProduct.sellMs / 1000;
  const slow = row(
    String(slowProduct.id),
    t("yes", "да"),
    t(`\`OK\` after ${seconds} s`, `\`OK\` через ${seconds} с`),
    t("HTTP 503 meanwhile, then `OK`", "тем временем HTTP 503, затем `OK`"),
  );
  const answerOf = (call: string) => t(`The answer to \`${call}\``, `Ответ на \`${call}\``);
  return head("`product_id`", t("Sold", "Продано"), answerOf("pay"), answerOf("status")) + rows.join("") + slow;
};

/** The kinds of faults that `POST /faults` takes. */
export const printFaults: TableMaker = ({ language, t }) => {
  const rows = Object.keys(faultKinds).map((kind) => row(`\`${kind}\``, fault(kind, language)));
  return head("`kind`", t("The answer", "Ответ")) + rows.join("");
};

function statusAnswers({ pay, status }: (typeof magicProducts)[number], { language, t }: TableContext): string {
  const truth = pay.isServed ? "`OK`" : "`TXN_NOT_FOUND`";
  if (!status) return truth;
  if (status.fault.kind === pay.kind) return t("`OK`, written the same way", "`OK` в таком же виде");
  const answer = fault(status.fault.kind, language);
  if (status.times === Infinity) return `${answer}, ${t("always", "всегда")}`;
  return `${answer}, ${howOften(status.times, language)}, ${t("then", "затем")} ${truth}`;
}

function howOften(times: number, language: Language): string {
  const words = { en: ["once", "twice", "three times"], ru: ["один раз", "дважды", "трижды"] }[language];
  return words[times - 1] ?? { en: `${times} times`, ru: `${times} раз` }[language];
}

function fault(kind: string, language: Language): string {
  if (language === "en") return faultKinds[kind as keyof typeof faultKinds];
  const text = faultsInRussian[kind];
  if (text === undefined) throw new Error(`docs: content/faults.ru.yaml has no "${kind}"`);
  return text;
}
