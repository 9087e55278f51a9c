import { expect, test } from "vitest";
import type { OpenApi } from "../contract-texts.ts";
import { languages } from "../language.ts";
import { printAnswers } from "./answers.ts";

test.each(languages)("no row of the table in %s shortens two lists", (language) => {
  const t = (en: string, ru: string) => ({ en, ru })[language];
  const rows = printAnswers({ args: [], language, contract: {} as OpenApi, t })
    .trim()
    .split("\n")
    .slice(2);
  expect(rows.length).toBeGreaterThan(10);
  const shortened = rows.map((row) => [row, row.split(t("everything else", "всё остальное")).length - 1] as const);
  expect(shortened.filter(([, count]) => count > 1)).toEqual([]);
});
