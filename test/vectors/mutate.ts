import type { Random } from "./random.ts";

const marks = new TextEncoder().encode('",:{}[]0eE-.\\ \r\n');

/** Makes one to four edits: a byte or a bit changed, some bytes removed, repeated, or a mark of JSON put in. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const edited = [...bytes];
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(Math.max(1, edited.length));
    const kind = random.below(5);
    if (kind === 0) edited[at] = random.below(256);
    else if (kind === 1) edited[at] = (edited[at] ?? 0) ^ (1 << random.below(8));
    else if (kind === 2) edited.splice(at, 1 + random.below(8));
    else if (kind === 3) edited.splice(at, 0, ...edited.slice(at, at + 1 + random.below(30)));
    else edited.splice(at, 0, random.pick([...marks]));
  }
  return Uint8Array.from(edited);
}
