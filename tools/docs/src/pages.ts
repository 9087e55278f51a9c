import type { InBoth } from "./language.ts";

/** The pages of the site in the order of the menu: `content/LANGUAGE/SLUG.md`, except `api`, which Redoc makes. */
export const pages: readonly { slug: string; title: InBoth }[] = [
  { slug: "index", title: { en: "Overview", ru: "Обзор" } },
  { slug: "merchant", title: { en: "For merchants", ru: "Мерчанту" } },
  { slug: "provider", title: { en: "For providers", ru: "Провайдеру" } },
  { slug: "outcomes", title: { en: "Outcomes", ru: "Исходы" } },
  { slug: "errors", title: { en: "Errors", ru: "Ошибки" } },
  { slug: "answers", title: { en: "How answers are read", ru: "Как читаются ответы" } },
  { slug: "operation", title: { en: "The life of an operation", ru: "Жизнь операции" } },
  { slug: "queue", title: { en: "Retry queue", ru: "Очередь повторов" } },
  { slug: "api", title: { en: "API reference", ru: "Справочник API" } },
  { slug: "readings", title: { en: "Open questions", ru: "Открытые вопросы" } },
  { slug: "sandbox", title: { en: "Sandbox", ru: "Песочница" } },
  { slug: "certification", title: { en: "Certification cases", ru: "Сценарии сертификации" } },
  { slug: "vectors", title: { en: "Test vectors", ru: "Тестовые векторы" } },
  { slug: "tools", title: { en: "Other tools", ru: "Другие инструменты" } },
  { slug: "packages", title: { en: "Packages", ru: "Пакеты" } },
  { slug: "changelog", title: { en: "Changelog", ru: "История изменений" } },
];

/** The published packages. `modules` maps the path that a package exports to the source of the module. */
export const packages: readonly { name: string; purpose: InBoth; modules: Record<string, string> }[] = [
  {
    name: "codec",
    modules: { "": "index", "/schema": "schema", "/json-pointer": "json-pointer" },
    purpose: {
      en: "under all generated code: exact JSON codecs, secrets, the shape of an operation",
      ru: "основа сгенерированного кода: точные кодеки JSON, секреты, устройство операции",
    },
  },
  {
    name: "command-line",
    modules: { "": "index" },
    purpose: {
      en: "what the commands share: help first, one style of errors, a check of the Node version",
      ru: "общее для команд: сначала справка, единый вид ошибок, проверка версии Node",
    },
  },
  {
    name: "contract",
    modules: { "": "index", "/examples": "gen/examples" },
    purpose: {
      en: "types, codecs, the table of operations and outcomes, the contract as one file",
      ru: "типы, кодеки, таблица операций и исходов, контракт одним файлом",
    },
  },
  {
    name: "client",
    modules: { "": "index", "/undici": "undici", "/opentelemetry": "opentelemetry", "/runtime": "generated-support" },
    purpose: {
      en: "the merchant's side: three typed calls that never reject",
      ru: "сторона мерчанта: три типизированных вызова, которые никогда не выбрасывают исключений",
    },
  },
  {
    name: "server",
    modules: {
      "": "index",
      "/sqlite-store": "transaction-store/sqlite/sqlite-store",
      "/postgres-store": "transaction-store/postgres/postgres-store",
      "/store-cases": "transaction-store/store-cases",
      "/runtime": "generated-support",
    },
    purpose: {
      en: "the provider's side: three typed methods behind one handler; one transaction is one sale",
      ru: "сторона провайдера: три типизированных метода за одним обработчиком; одна транзакция — одна продажа",
    },
  },
  {
    name: "retry-queue",
    modules: { "": "index", "/opentelemetry": "opentelemetry" },
    purpose: {
      en: "settles every pay exactly once, even one that was never answered",
      ru: "завершает каждую оплату ровно один раз, даже ту, на которую не ответили",
    },
  },
  {
    name: "sandbox",
    modules: { "": "index" },
    purpose: {
      en: "a provider with state and faults on demand",
      ru: "провайдер с состоянием и сбоями по запросу",
    },
  },
];

/** The slug of the reference of a module, such as `reference-client-undici` for `@codegames/client/undici`. */
export const referenceSlug = (name: string, path: string): string => `reference-${name}${path.replace("/", "-")}`;
