import { packages, referenceSlug } from "../pages.ts";
import { head, row } from "./markdown-table.ts";
import type { TableMaker } from "./table-maker.ts";

const link = (name: string, path: string): string =>
  `[\`@codegames/${name}${path}\`](${referenceSlug(name, path)}.html)`;

/** The published packages and their purposes. */
export const printPackages: TableMaker = ({ language, t }) =>
  head(t("Package", "Пакет"), t("What it is", "Что это")) +
  packages.map(({ name, purpose }) => row(link(name, ""), purpose[language])).join("");

/** A list of the references, one for each module that a package exports. */
export const printReferences: TableMaker = () =>
  packages.flatMap(({ name, modules }) => Object.keys(modules).map((path) => `- ${link(name, path)}\n`)).join("");
