/** Stands for what is left out, while the rest is looked at. No message has this character. */
const mark = "\0";

/**
 * From the first quote to the last: a value may hold quotes, and its end may be cut off. An apostrophe in a word is no
 * quote.
 */
const quoted = /(?<![\p{L}\p{N}])["'`“«](?:.*["'`”»](?![\p{L}\p{N}])|.*$)/u;

/** Numbers in a row, which may be one key in groups; otherwise a word. A hyphen parts none, as it joins many a key. */
const numbersOrWord = /\d+(?:[\s.,:]+\d+)+(?![^\s.,:;()[\]{}<>=|/!?&\0])|[^\s.,:;()[\]{}<>=|/!?&\0]+/g;

/**
 * A word of a language, or a name in small letters. Keys have digits, or capitals where no word has them. So has a name
 * such as `findProduct`, which is left out.
 */
const ordinary = /^(?:\p{Lu}?\p{Ll}{1,16}(?:[_'’]\p{Ll}{1,16}){0,3}|\p{L}|\d{1,3}|HTTP|JSON|NULL|SQL|SSL|UNIQUE)$/u;

/**
 * Leaves out of a message what may be a value of the data: texts in quotes, long numbers, and words that are not
 * ordinary. It goes by what is harmless, because nobody can list what is not.
 */
export function withoutValues(message: string): string {
  // A word that is cut gets a sign that no ordinary word has: half of a key can look like one.
  const short = message.length > 2000 ? `${message.slice(0, 2000)}#` : message;
  return short
    .replace(/[\s\0]+/g, " ")
    .replace(quoted, mark)
    .replace(numbersOrWord, (text) => (ordinary.test(text) ? text : mark))
    .replace(/\0(?:[^\p{L}\p{N}\0]*\0)*/gu, "[…]");
}
