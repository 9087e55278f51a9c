import shiki from "@shikijs/markdown-it";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { type Language, texts } from "./language.ts";

export interface Heading {
  level: number;
  id: string;
  text: string;
}

/** What the search knows of a page: one section a heading. */
export interface Section {
  id: string;
  heading: string;
  text: string;
}

export interface Rendered {
  html: string;
  title: string;
  headings: Heading[];
  sections: Section[];
}

/** Renders Markdown with coloured code. A heading ends with `{#id}` where its anchor must be the same in both languages. */
export async function createMarkdown(language: Language): Promise<(text: string) => Rendered> {
  const highlight = await shiki({
    // Colours that are readable in both modes (WCAG AA).
    themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    defaultColor: false,
    langs: ["ts", "sh", "json"],
    fallbackLanguage: "text" as never,
  });
  const markdown = new MarkdownIt({ html: true }).use(highlight as never).use(headingIds).use(anchor, { slugify }).use(scrollingTables, texts[language].table);
  return (text) => {
    const tokens = markdown.parse(text, {});
    const headings: Heading[] = [];
    const sections: Section[] = [];
    tokens.forEach((token, index) => {
      if (token.type === "heading_open") {
        const heading = { level: Number(token.tag.slice(1)), id: String(token.attrGet("id") ?? ""), text: plain(tokens[index + 1]) };
        headings.push(heading);
        // What TypeDoc writes over the parts of a symbol is part of it.
        if (heading.level < 4 || heading.text.includes("(")) sections.push({ id: heading.id, heading: heading.text, text: "" });
      } else if (tokens[index - 1]?.type !== "heading_open") {
        // A row with an anchor, as of a reading or a certification case, is found by itself.
        const [, id] = /^<span id="(\w+)">/.exec(token.content) ?? [];
        if (token.type === "inline" && id) sections.push({ id, heading: `${id} ${plain(tokens[index + 3])}`, text: "" });
        const section = sections.at(-1);
        if (section && (token.type === "inline" || token.type === "fence")) section.text += ` ${token.type === "inline" ? plain(token) : token.content}`;
      }
    });
    return { html: markdown.renderer.render(tokens, markdown.options, {}), title: headings[0]?.text ?? "", headings, sections };
  };
}

type Markdown = InstanceType<typeof MarkdownIt>;
type Token = ReturnType<Markdown["parse"]>[number];

/** What a reader sees of an inline token. */
function plain(token: Token | undefined): string {
  return (token?.children ?? []).map((child) => (["text", "code_inline"].includes(child.type) ? child.content : child.type === "softbreak" ? " " : child.type === "image" ? child.content : "")).join("");
}

/** As on GitHub, which TypeDoc's links take for granted. */
const slugify = (title: string): string => title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");

/** `## Title {#id}` */
function headingIds(markdown: Markdown): void {
  markdown.core.ruler.push("heading_ids", ({ tokens }) => {
    tokens.forEach((token, index) => {
      const last = tokens[index + 1]?.children?.at(-1);
      const match = token.type === "heading_open" && last?.type === "text" ? /\s*\{#([\w-]+)\}$/.exec(last.content) : null;
      if (!match || !last) return;
      last.content = last.content.slice(0, match.index);
      token.attrSet("id", match[1] ?? "");
    });
  });
}

/** A table scrolls on its own where the page is narrow, with the keyboard too. */
function scrollingTables(markdown: Markdown, label: string): void {
  markdown.renderer.rules["table_open"] = () => `<div class="table" tabindex="0" role="region" aria-label="${label}"><table>\n`;
  markdown.renderer.rules["table_close"] = () => "</table></div>\n";
}
