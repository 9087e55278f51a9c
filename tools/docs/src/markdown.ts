import shiki from "@shikijs/markdown-it";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { type Language, texts } from "./language.ts";

export interface Heading {
  level: number;
  id: string;
  text: string;
}

/** A unit of the search: a heading with the text below it, or a table row with an anchor. */
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

/**
 * Creates a renderer of Markdown with coloured code. A heading may end with `{#id}`, which sets the same anchor in both
 * languages.
 */
export async function createMarkdown(language: Language): Promise<(text: string) => Rendered> {
  const highlight = await shiki({
    // These colours are readable in both modes (WCAG AA).
    themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    defaultColor: false,
    langs: ["ts", "sh", "json"],
    fallbackLanguage: "text" as never,
  });
  const markdown = new MarkdownIt({ html: true })
    .use(highlight as never)
    .use(headingIds)
    .use(anchor, { slugify })
    .use(scrollingTables, texts[language].table);
  return (text) => {
    const tokens = markdown.parse(text, {});
    const headings = headingsOf(tokens);
    const html = markdown.renderer.render(tokens, markdown.options, {});
    return { html, title: headings[0]?.text ?? "", headings, sections: sectionsOf(tokens) };
  };
}

type Markdown = InstanceType<typeof MarkdownIt>;
type Token = ReturnType<Markdown["parse"]>[number];

function headingsOf(tokens: Token[]): Heading[] {
  return tokens.flatMap((token, index) => (token.type === "heading_open" ? [headingAt(tokens, index)] : []));
}

function headingAt(tokens: Token[], index: number): Heading {
  const token = tokens[index];
  return {
    level: Number(token?.tag.slice(1)),
    id: String(token?.attrGet("id") ?? ""),
    text: plainText(tokens[index + 1]),
  };
}

function sectionsOf(tokens: Token[]): Section[] {
  const sections: Section[] = [];
  tokens.forEach((token, index) => {
    if (token.type === "heading_open") {
      const { level, id, text } = headingAt(tokens, index);
      // TypeDoc's smaller headings, such as "Parameters", belong to the symbol above them.
      if (level < 4 || text.includes("(")) sections.push({ id, heading: text, text: "" });
      return;
    }
    if (tokens[index - 1]?.type === "heading_open") return;
    if (token.type !== "inline" && token.type !== "fence") return;
    // A row with an anchor, such as an interpretation or a certification case, is a section.
    const [, id] = /^<span id="(\w+)">/.exec(token.content) ?? [];
    if (id && token.type === "inline")
      sections.push({ id, heading: `${id} ${plainText(tokens[index + 3])}`, text: "" });
    const section = sections.at(-1);
    if (section) section.text += ` ${token.type === "inline" ? plainText(token) : token.content}`;
  });
  return sections;
}

/** The text of an inline token that a reader sees. */
function plainText(token: Token | undefined): string {
  const texts = (token?.children ?? []).map(({ type, content }) => {
    if (type === "softbreak") return " ";
    return ["text", "code_inline", "image"].includes(type) ? content : "";
  });
  return texts.join("");
}

/** Makes anchors as GitHub does; TypeDoc's links rely on that. */
function slugify(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** Takes the anchor of `## Title {#id}` from the braces. */
function headingIds(markdown: Markdown): void {
  markdown.core.ruler.push("heading_ids", ({ tokens }) => {
    tokens.forEach((token, index) => {
      const last = tokens[index + 1]?.children?.at(-1);
      if (token.type !== "heading_open" || last?.type !== "text") return;
      const match = /\s*\{#([\w-]+)\}$/.exec(last.content);
      if (!match) return;
      last.content = last.content.slice(0, match.index);
      token.attrSet("id", match[1] ?? "");
    });
  });
}

/** Lets a wide table scroll by itself, with the keyboard too. */
function scrollingTables(markdown: Markdown, label: string): void {
  const open = `<div class="table" tabindex="0" role="region" aria-label="${label}"><table>\n`;
  markdown.renderer.rules["table_open"] = () => open;
  markdown.renderer.rules["table_close"] = () => "</table></div>\n";
}
