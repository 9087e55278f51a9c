import { errorWithoutValues } from "@codegames/codec";

const ours = new WeakSet<Error>();
const sales = new WeakMap<object, readonly object[]>();

/** Marks an error as written by this package, which quotes no secret: it reaches the operator as it is. */
export function ownError<E extends Error>(error: E): E {
  ours.add(error);
  return error;
}

/**
 * Remembers what was sold when an error came, and returns the error. Its words are then left out of what is told. One
 * error can end many sales, but one that is thrown for ever must not hold them all.
 */
export function duringSale(error: unknown, sale: object | undefined): unknown {
  if (sale !== undefined && typeof error === "object" && error !== null) {
    sales.set(error, [...(sales.get(error) ?? []).slice(-99), sale]);
  }
  return error;
}

/** The error for the operator: without the product keys that databases and clients of suppliers quote. */
export function errorToTell(error: unknown): Error {
  if (error instanceof Error && ours.has(error)) return error;
  return errorWithoutValues(error, sales.get(Object(error)));
}
