/** How printed code spells a JSON value. */
export const spell = (value: unknown): string => withoutTerminators(JSON.stringify(value));

/** JSON lets two line terminators stand in a string, where an indentation or an editor would tear it. */
export const withoutTerminators = (code: string): string => code.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
