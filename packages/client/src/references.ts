import type { Operation } from "@codegames/codec";

/**
 * Remembers the other side's identifiers (`x-inquiry`, `reference`), each with the transaction in whose answer it came.
 * An answer that brings one of another transaction is about that one: a late duplicate on a connection that was kept,
 * or a provider that mixes up its answers (interpretation A10).
 */
export class References {
  /** Hashes of identifiers, with the hash of their transaction. The oldest are first. */
  readonly #known = new Map<number, number>();
  readonly #inquiries: ReadonlyMap<string, NonNullable<Operation["inquiry"]>>;

  constructor(operations: readonly Operation[]) {
    const inquiries = operations.flatMap(({ id, inquiry }) => (inquiry ? [{ id, inquiry }] : []));
    this.#inquiries = new Map(
      inquiries.flatMap(({ id, inquiry }) => [id, inquiry.operation].map((name) => [name, inquiry] as const)),
    );
  }

  /** Whether an answer has the identifier of another transaction. Otherwise that of a sale is remembered. */
  isOfAnother(operation: Operation, request: unknown, body: unknown, isSale: boolean): boolean {
    const { by, reference = "" } = this.#inquiries.get(operation.id) ?? {};
    const identifier = memberOf(body, reference);
    if (by === undefined || typeof identifier !== "string") return false;
    const transaction = hash(String(memberOf(request, by)));
    const key = hash(identifier);
    const known = this.#known.get(key);
    if (known !== undefined) return known !== transaction && operation.inquiry !== undefined;
    // That of a refusal decides nothing: some write the same one into each.
    if (!isSale) return false;
    this.#known.set(key, transaction);
    if (this.#known.size > maxKnown) for (const oldest of this.#known.keys()) return !this.#known.delete(oldest);
    return false;
  }
}

const maxKnown = 10_000;

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

/** A hash of 53 bits (cyrb53): identifiers have no maximum length, and nobody gains from a collision. */
function hash(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    a = Math.imul(a ^ char, 0x85ebca77);
    b = Math.imul(b ^ char, 0xc2b2ae3d);
  }
  a ^= Math.imul(a ^ (b >>> 15), 0x735a2d97) ^ Math.imul(b ^ (b >>> 13), 0xcaf649a9);
  b ^= Math.imul(b ^ (a >>> 15), 0x735a2d97) ^ Math.imul(a ^ (a >>> 13), 0xcaf649a9);
  return 0x200000 * (b >>> 0) + (a >>> 11);
}
