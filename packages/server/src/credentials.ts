import { createHash } from "node:crypto";

/**
 * Reads an object from credentials to what they stand for. A list, a `Map` or an instance of a class has other names
 * than credentials: the first token of a list would be `0`, and everybody could guess it.
 *
 * @throws A `TypeError` that shows no credential.
 */
export function entriesOf<V>(builder: string, what: string, object: Readonly<Record<string, V>>): [string, V][] {
  if (!isPlain(object)) {
    throw new TypeError(`Cannot use ${builder}: must be a plain object from ${what}, is ${kindOf(object)}`);
  }
  const entries = Object.entries(object);
  if (entries.length === 0) throw new TypeError(`Cannot use ${builder}: must have at least one entry, has none`);
  return entries;
}

/** An object of another realm has an `Object.prototype` of its own. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? `an instance of ${value.constructor?.name || "a class"}` : `a ${typeof value}`;
}

/** An unset environment variable becomes the word `undefined`, and would let everybody in who sends that word. */
export const isUnset = (credential: string): boolean =>
  /^:?$|^(undefined|null)(:|$)|:(undefined|null)$/.test(credential);

/** The SHA-256 of a credential in hexadecimal digits. */
export const sha256 = (credential: string | Uint8Array): string =>
  createHash("sha256").update(credential).digest("hex");

/**
 * The SHA-256 of a credential that is written as `sha256:` and 64 hexadecimal digits; undefined when it is written in
 * clear.
 *
 * @throws A `TypeError` for what is nearly such a hash: as a token in clear it would be one that nobody sends.
 */
export function readHash(builder: string, credential: string): string | undefined {
  if (!/^sha-?256[:=-]/i.test(credential)) return undefined;
  const hash = /^sha256:([0-9a-f]{64})$/i.exec(credential)?.[1]?.toLowerCase();
  if (hash === undefined) {
    throw new TypeError(`Cannot use ${builder}: a hash must be "sha256:" and 64 hexadecimal digits, one is not`);
  }
  if (hashesOfNothing().includes(hash)) {
    throw new TypeError(`Cannot use ${builder}: a hash is that of an empty text, or of an unset variable`);
  }
  return hash;
}

/** What a shell hashes when a variable is not set, with and without a line feed. */
const hashesOfNothing = () => ["", ":", "undefined", "null"].flatMap((text) => [sha256(text), sha256(`${text}\n`)]);
