/** The languages of the site. The contract is written in the first. */
export const languages = ["en", "ru"] as const;
export type Language = (typeof languages)[number];
export type InBoth = Record<Language, string>;

export const otherThan = (language: Language): Language => (language === "en" ? "ru" : "en");

/** The texts of the frame around every page. */
export const texts = {
  en: {
    name: "English",
    other: "Русский",
    skip: "Skip to the content",
    pages: "Pages",
    search: "Search",
    searchFor: "Search the documentation",
    found: "Found",
    nothing: "Nothing found",
    dark: "Dark or light",
    onThisPage: "On this page",
    api: "API reference",
    table: "Table",
    contract: "Contract",
  },
  ru: {
    name: "Русский",
    other: "English",
    skip: "К содержанию",
    pages: "Страницы",
    search: "Поиск",
    searchFor: "Поиск по документации",
    found: "Найдено",
    nothing: "Ничего не найдено",
    dark: "Тёмная или светлая тема",
    onThisPage: "На этой странице",
    api: "Справочник API",
    table: "Таблица",
    contract: "Контракт",
  },
} satisfies Record<Language, Record<string, string>>;
