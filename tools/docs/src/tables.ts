/** What stands in the content as `<!-- NAME -->`: Markdown that is made from the contract, the sandbox, and the data beside the content. */
import { readFileSync } from "node:fs";
import { operations, type OutcomeClass } from "@codegames/contract";
import { defaultCatalogue, faultKinds, magicProducts, slowProduct } from "@codegames/sandbox";
import { parse } from "yaml";
import { changelogIn, readChangelogs } from "./changelog.ts";
import { descriptionOfStatus, type OpenApi } from "./contract-texts.ts";
import type { InBoth, Language } from "./language.ts";
import { packages, referenceSlug } from "./pages.ts";
import { wireCases } from "./wire-cases.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const data = <T>(name: string): T => parse(read(`tools/docs/content/${name}.yaml`)) as T;

export interface ReadingsSection {
  section: InBoth;
  readings: { id: string; question: InBoth; reading: InBoth; short: string }[];
}

interface Case {
  id: string;
  level?: string;
  name: InBoth;
  request?: InBoth;
  stimulus?: InBoth;
  expected: InBoth;
}

export interface Certification {
  fixtures: InBoth;
  levels: InBoth;
  provider: Case[];
  merchant: Case[];
}

export const readReadings = (): ReadingsSection[] => data("readings");
export const readCertification = (): Certification => data("certification");

/** What happens to the customer's money, by operation and class. */
const money: Record<"pay" | "status", Partial<Record<OutcomeClass, InBoth>>> = {
  pay: {
    succeeded: { en: "keep it, and deliver; a key that was expected and did not come is for a person", ru: "удержать и выдать продукт; если ключ ожидался и не пришёл, решает человек" },
    rejected: { en: "give it back, if this was the only request with its `txn_id`", ru: "вернуть, если это был единственный запрос с этим `txn_id`" },
    unknown: { en: "keep, deliver nothing, ask `status`", ru: "удержать, ничего не выдавать, спросить `status`" },
  },
  status: {
    succeeded: { en: "keep it; what was not delivered is for a person to settle", ru: "удержать; что не выдано, решает человек" },
    rejected: { en: "give it back once; after a delivery alarm a person, no refund", ru: "вернуть один раз; после выдачи — тревога, без возврата" },
    absent: { en: "after three in a row, a period apart, with no pay under way: give it back", ru: "после трёх подряд с интервалом в период, если ни одной оплаты нет в пути: вернуть" },
  },
};

const kindsRu = data<Record<string, string>>("faults.ru");

interface Context {
  args: string[];
  language: Language;
  contract: OpenApi;
  t: (en: string, ru: string) => string;
}

const makers: Record<string, (context: Context) => string> = {
  attempts: () => String(operations.status.statusQueue.attempts),
  period: ({ language }) => {
    const minutes = operations.status.statusQueue.periodSeconds / 60;
    return new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }).format(minutes);
  },
  code: ({ args }) => {
    const [file = "", index = "0"] = args;
    const block = [...read(file).matchAll(/^```ts\n(.*?)^```$/gms)][Number(index)];
    if (!block) throw new Error(`${file} has no code block ${index}`);
    return block[0];
  },
  packages: ({ language, t }) =>
    head(t("Package", "Пакет"), t("What it is", "Что это")) +
    packages.map(({ name, purpose }) => row(`[\`@codegames/${name}\`](reference-${referenceSlug(name, "")}.html)`, purpose[language])).join(""),
  references: () =>
    packages.flatMap(({ name, modules }) => Object.keys(modules).map((path) => `- [\`@codegames/${name}${path}\`](reference-${referenceSlug(name, path)}.html)\n`)).join(""),
  statuses: ({ language, contract, t }) =>
    head(t("Call", "Вызов"), "`status`", t("Class", "Класс"), t("What it says", "Что он говорит"), t("The customer's money", "Деньги клиента")) +
    Object.values(operations).flatMap(({ id, outcomes }) =>
      Object.entries(outcomes).map(([status, outcome]) =>
        row(`\`${id}\``, `\`${status}\``, `\`${outcome}\``, descriptionOfStatus(contract, id, status), id === "check" ? "—" : (money[id][outcome]?.[language] ?? missing(`no text for the money after ${outcome} of ${id}`))))).join(""),
  wire: ({ language, t }) =>
    head(t("What happens", "Что случилось"), t("Class", "Класс"), "`reason`", t("The customer's money after a pay", "Деньги клиента после оплаты"), t("Interpretations", "Трактовки")) +
    Object.entries(wireCases).map(([key, { case: happens, money: of, readings }]) => {
      const [outcome = "", reason = ""] = key.split(" ");
      return row(happens[language], `\`${outcome}\``, `\`${reason}\``, of[language], readings.map((id) => `[${id}](readings.html#${id})`).join(", "));
    }).join(""),
  readings: ({ language, t }) =>
    readReadings().map(({ section, readings }, index) =>
      `\n## ${section[language]} {#${"ABCDE"[index]}}\n\n` +
      head("№", t("Question", "Вопрос"), t("Interpretation", "Трактовка")) +
      readings.map(({ id, question, reading }) => row(`<span id="${id}">${id}</span>`, question[language], reading[language])).join("")).join(""),
  certification: ({ language, t }) => {
    const { fixtures, levels, provider, merchant } = readCertification();
    const id = (each: Case) => `<span id="${each.id}">${each.id}</span>`;
    return (
      `## ${t("A provider under test", "Испытание провайдера")} {#provider}\n\n${fixtures[language]}\n\n${levels[language]}\n\n` +
      head("№", t("Case", "Сценарий"), t("What is done", "Что делается"), t("What is expected", "Что ожидается"), t("Level", "Уровень")) +
      provider.map((each) => row(id(each), each.name[language], each.request?.[language] ?? "", each.expected[language], each.level ?? "")).join("") +
      `\n## ${t("A merchant under test", "Испытание мерчанта")} {#merchant}\n\n${t("The sandbox plays the provider.", "Провайдера играет песочница.")}\n\n` +
      head("№", t("Case", "Сценарий"), t("What happens", "Что происходит"), t("What is expected", "Что ожидается")) +
      merchant.map((each) => row(id(each), each.name[language], each.stimulus?.[language] ?? "", each.expected[language])).join("")
    );
  },
  products: ({ t }) =>
    head("`product_id`", t("Name", "Название"), t("Price", "Цена"), t("Keys", "Ключи")) +
    defaultCatalogue.filter(({ id }) => id < 1000n || id > 2000n).map(({ id, name, price, keys }) => row(String(id), name, String(price), keys === "none" ? t("a top-up without a key", "пополнение без ключа") : String(keys))).join(""),
  magic: ({ language, t }) =>
    head("`product_id`", t("Sold", "Продано"), t("The answer of `pay`", "Ответ на `pay`"), t("The answer of `status`", "Ответ на `status`")) +
    magicProducts.map(({ id, pay, status }) => {
      const truth = pay.isServed ? "`OK`" : "`TXN_NOT_FOUND`";
      const first = status && `${fault(status.fault.kind, language)}${status.times === Infinity ? t(", ever after", ", и так всегда") : t(`, times: ${status.times}; then ${truth}`, `, раз: ${status.times}; затем ${truth}`)}`;
      return row(String(id), pay.isServed ? t("yes", "да") : t("no", "нет"), fault(pay.kind, language), first ?? truth);
    }).join("") +
    row(String(slowProduct.id), t("yes", "да"), t(`\`OK\`, after ${slowProduct.sellMs / 1000} s`, `\`OK\` через ${slowProduct.sellMs / 1000} с`), t("HTTP 503 meanwhile, then `OK`", "тем временем HTTP 503, затем `OK`")),
  faults: ({ language, t }) => head("`kind`", t("The answer", "Ответ")) + Object.keys(faultKinds).map((kind) => row(`\`${kind}\``, fault(kind, language))).join(""),
  changelog: ({ language }) => changelogIn(language, readChangelogs()),
};

/** The Markdown of a placeholder; throws for a name that it does not know. */
export function table(name: string, args: string[], language: Language, contract: OpenApi): string {
  const make = makers[name] ?? missing(`no table "${name}"; there are ${Object.keys(makers).join(", ")}`);
  return make({ args, language, contract, t: (en, ru) => ({ en, ru })[language] });
}

/** Texts of the data are no HTML, but for the anchors that are made here. */
function row(...cells: string[]): string {
  return `| ${cells.map((cell) => cell.trim().replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|").replaceAll(/<(?!\/?span\b)/g, "&lt;")).join(" | ")} |\n`;
}

function head(...cells: string[]): string {
  return row(...cells) + row(...cells.map(() => "---"));
}

function fault(kind: string, language: Language): string {
  return language === "en" ? faultKinds[kind as keyof typeof faultKinds] : (kindsRu[kind] ?? missing(`faults.ru.yaml has no "${kind}"`));
}

function missing(what: string): never {
  throw new Error(`docs: ${what}`);
}
