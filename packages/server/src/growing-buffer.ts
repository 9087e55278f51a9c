/**
 * Joins the chunks of a body in one buffer that doubles. It keeps no chunk, since an object for each byte of a body
 * takes two hundred times the memory of the body. A body that comes whole, in one chunk, is not copied.
 */
export class GrowingBuffer {
  readonly #maxBytes: number;
  readonly #announcedBytes: number | undefined;
  /** The first chunk, until there is a second one. */
  #first: Uint8Array | undefined;
  #copy: Uint8Array | undefined;
  /** How many bytes were appended. */
  length = 0;

  /** Without the length that was announced, nobody knows that a chunk is the whole body. */
  constructor(maxBytes: number, announcedBytes?: number) {
    this.#maxBytes = maxBytes;
    this.#announcedBytes = announcedBytes;
  }

  /** Appends a chunk. Returns false, and forgets everything, when the body is larger than the limit. */
  add(chunk: Uint8Array): boolean {
    const length = this.length + chunk.byteLength;
    if (length > this.#maxBytes) {
      this.#first = this.#copy = undefined;
      return false;
    }
    if (this.length === 0 && this.#canKeep(chunk)) this.#first = chunk;
    else this.#append(chunk, length);
    this.length = length;
    return true;
  }

  /** A chunk can be a small part of a large buffer, and would keep all of it in memory while the rest is awaited. */
  #canKeep({ byteLength, buffer }: Uint8Array): boolean {
    return byteLength === this.#announcedBytes || buffer.byteLength <= 2 * byteLength;
  }

  /** Returns what was appended. */
  bytes(): Uint8Array {
    return this.#first ?? this.#copy?.subarray(0, this.length) ?? new Uint8Array();
  }

  #append(chunk: Uint8Array, length: number): void {
    if (!this.#copy || length > this.#copy.byteLength) {
      const before = this.#first ?? this.#copy?.subarray(0, this.length);
      this.#copy = new Uint8Array(Math.min(Math.max(2 * length, 1024), this.#maxBytes));
      if (before) this.#copy.set(before);
      this.#first = undefined;
    }
    this.#copy.set(chunk, this.length);
  }
}
