import { WrongUse } from "./wrong-use.ts";

/**
 * Reads a whole number.
 *
 * @throws A {@link WrongUse} that names the option, the range and the value.
 */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new WrongUse(`${option} must be a whole number from ${least} to ${most}; got ${JSON.stringify(text)}`);
}

/**
 * Reads one of several words.
 *
 * @throws A {@link WrongUse} that names the option, the words and the value.
 */
export function oneOf<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw new WrongUse(`${option} must be one of ${words.join(", ")}; got ${JSON.stringify(text)}`);
}
