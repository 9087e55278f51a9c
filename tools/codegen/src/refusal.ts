/** Thrown for a document that the generator does not turn into code. Guarantee: nothing was written. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** JSON Pointer (RFC 6901) into the bundled document; empty when the document could not be read at all. */
  readonly pointer: string;
  /** The reason, without the place. */
  readonly reason: string;
  /** File and line if known, such as `spec/schemas/Price.yaml:7`. */
  readonly source: string | undefined;

  constructor(pointer: string, reason: string, source?: string) {
    super([source, pointer && `#${pointer}`, reason].filter(Boolean).join(" "));
    this.pointer = pointer;
    this.reason = reason;
    this.source = source;
  }
}

/** Quotes a value in a reason, shortened to 80 characters. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}` : inner)) ?? "undefined";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
