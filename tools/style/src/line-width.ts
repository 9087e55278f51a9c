/** The widest line that is allowed, in characters. */
export const maxWidth = 120;

/** A line that is too wide. */
export interface WideLine {
  /** From 1. */
  line: number;
  width: number;
}

/**
 * Finds the lines over {@link maxWidth} characters, but for tables: the rows of a Markdown table, and the lines from a
 * comment `Table: …` to the next blank line.
 */
export function findWideLines(file: string, text: string): WideLine[] {
  const isMarkdown = file.endsWith(".md");
  let isInTable = false;
  let isInCode = false;
  return text.split("\n").flatMap((content, index) => {
    if (content.trim() === "") isInTable = false;
    if (/^\s*(?:\/\/|#) Table: \S/.test(content)) isInTable = true;
    if (isMarkdown && /^\s*```/.test(content)) isInCode = !isInCode;
    const isRow = isMarkdown && !isInCode && /^\s*\|/.test(content);
    const width = [...content].length;
    return width > maxWidth && !isInTable && !isRow ? [{ line: index + 1, width }] : [];
  });
}
