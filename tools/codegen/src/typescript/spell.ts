/** Spells a JSON value as TypeScript. */
export const spell = (value: unknown): string => withoutTerminators(JSON.stringify(value));

/** Escapes two line terminators that JSON allows in a string, where an indentation or an editor would split it. */
export const withoutTerminators = (code: string): string =>
  code.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
