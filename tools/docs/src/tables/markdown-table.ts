/** Prints a row. Escapes HTML in its cells, except for the anchors that this build adds (`<span id="A3">`). */
export function row(...cells: string[]): string {
  return `| ${cells.map(cell).join(" | ")} |\n`;
}

/** Prints the first row and the line below it. */
export function head(...cells: string[]): string {
  return row(...cells) + row(...cells.map(() => "---"));
}

/** Prints an id as an anchor, so that `readings.html#A3` leads to the row. */
export function anchor(id: string): string {
  return `<span id="${id}">${id}</span>`;
}

function cell(text: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, " ");
  return line.replaceAll("|", "\\|").replaceAll(/<(?!\/?span\b)/g, "&lt;");
}
