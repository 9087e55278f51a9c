/**
 * A value that does not show itself: as a string, in a template, as JSON and in `util.inspect` it is `[secret]`, so that
 * a log, an error or a trace that holds it gives nothing away. It cannot be cloned or compared either.
 */
export interface Secret<T> {
  /** The value itself: for the one who is to have it, and for an encrypted store. */
  reveal(): T;
  toString(): string;
  toJSON(): string;
}

/** Makes a secret of a value. */
export const conceal = <T>(value: T): Secret<T> => new Concealed(value);

/** The value of a secret; any other value as it is. */
export const reveal = <T>(value: Secret<T> | T): T => (value instanceof Concealed ? value.reveal() : (value as T));

const shown = "[secret]";

class Concealed<T> implements Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown;
  }
}
