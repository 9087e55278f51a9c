/**
 * A value that does not show itself. As a string, in a template, as JSON and in `util.inspect` it is `[secret]`, so a
 * log, an error or a trace that holds it shows nothing. It cannot be cloned or compared either.
 *
 * Two copies of this package in one program know each other's secrets.
 */
export interface Secret<T> {
  /** Returns the value: for the person it belongs to, or for an encrypted store. */
  reveal(): T;
  toString(): string;
  toJSON(): string;
}

/**
 * Hides a value.
 *
 * @example
 *   ```ts
 *   import { conceal, reveal } from "@codegames/codec";
 *
 *   const productKey = conceal("FJQR-RGPM-BXLD");
 *   console.log(`sold ${productKey}`); // sold [secret]
 *   console.log(reveal(productKey)); // FJQR-RGPM-BXLD
 *   ```
 */
export const conceal = <T>(value: T): Secret<T> => new ConcealedValue(value);

/** Returns the value of a secret, and every other value unchanged. */
export const reveal = <T>(value: Secret<T> | T): T => (isSecret(value) ? value.reveal() : value);

/** Whether a value is a {@link Secret}, made by this copy of the package or by another. */
const isSecret = <T>(value: Secret<T> | T): value is Secret<T> =>
  (value as Branded | null | undefined)?.[brand] === true;

const shown = "[secret]";

/** Two versions of this package can meet in one program, where `instanceof` fails. */
const brand: unique symbol = Symbol.for("@codegames/codec/Secret") as never;

type Branded = { readonly [brand]?: true };

class ConcealedValue<T> implements Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get [brand](): true {
    return true;
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
