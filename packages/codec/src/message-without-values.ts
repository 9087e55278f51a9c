/** Stands for what is left out, while the rest is looked at. No message has this character. */
const mark = "\0";

/** What parts words. Hyphens do not, because they hold many a key together. */
const between = String.raw`\s.,:;()[\]{}<>=|/!?&${mark}`;

/** Numbers in a row, which may be one key in groups; otherwise a word. */
const numbersOrWord = new RegExp(String.raw`\d+(?:[\s.,:]+\d+)+(?![^${between}])|[^${between}]+`, "gu");

/** A word of a language, or a name as programs have it. Keys have digits, or letters in a row that no word has. */
const ordinary = new RegExp(
  String.raw`^(?:\p{Lu}?\p{Ll}{1,16}(?:['’-]\p{Ll}{1,16})?|\p{Lu}?\p{Ll}{2,16}(?:\p{Lu}\p{Ll}{2,16}){1,3}` +
    String.raw`|\p{Ll}{1,16}(?:_\p{Ll}{1,16}){1,5}|\p{L}|\d{1,3}|[-–—*]+)$`,
  "u",
);

const capitals = new Set(
  (
    "AND API CHECK DELETE DNS FOREIGN FROM GET HTTP HTTPS ID INSERT INTO IP JSON KEY NOT NULL OR POST PRIMARY PUT " +
    "SELECT SET SQL SSL TCP TLS UNIQUE UPDATE URI URL VALUES WHERE XML"
  ).split(" "),
);

/**
 * Leaves out of a message what may be a value of the data: texts in quotes, long numbers, and words that are neither
 * ordinary nor known. It goes by what is harmless, because nobody can list what is not.
 *
 * @param known Words to keep.
 * @param secrets Texts whose words are left out, though they may be ordinary.
 */
export function withoutValues(message: string, known: readonly string[], secrets: readonly string[]): string {
  return (
    shorten(message.replaceAll(/[\s\0]+/g, " "))
      .replaceAll(/"([^"]*)"/g, (quoted, word: string) => (known.includes(word) ? word : quoted))
      // From the first quote to the last: a value may have quotes in it, and its end may be cut off.
      .replace(/"(?:.*"|.*$)/, mark)
      .replace(/`(?:.*`|.*$)/, mark)
      .replace(/[“„«](?:.*[”“»]|.*$)/, mark)
      .replace(/(?<![\p{L}\p{N}])['‘](?:.*['’](?![\p{L}\p{N}])|.*$)/u, mark)
      .replaceAll(numbersOrWord, (word) => {
        if (hidesValues(word, secrets)) return mark;
        return known.includes(word) || ordinary.test(word) || capitals.has(word) ? word : mark;
      })
      .replaceAll(new RegExp(String.raw`${mark}(?:[^\p{L}\p{N}${mark}]*${mark})+`, "gu"), mark)
      .replaceAll(mark, "[…]")
  );
}

/** Cuts at the end of a word: half of a key can look like a word. */
function shorten(message: string): string {
  return message.length > 2000 ? `${message.slice(0, 2000).replace(/\S*$/, "")}…` : message;
}

/** Whether a text is, holds or is part of a word of a secret. Parts of one or two letters are in every word. */
export function hidesValues(text: string, secrets: readonly string[]): boolean {
  const shown = text.toLowerCase();
  return secrets.some((secret) =>
    (secret.toLowerCase().match(numbersOrWord) ?? []).some((word) => {
      if (word === shown) return true;
      const [short, long] = word.length < shown.length ? [word, shown] : [shown, word];
      return short.length > 2 && long.includes(short);
    }),
  );
}
