import { errorWithoutValues } from "@codegames/codec";

const ours = new WeakSet<object>();
const afterSales = new WeakSet<object>();

/** Marks an error as written by this package, which quotes no secret: it reaches the operator as it is. */
export function ownError<E extends Error>(error: E): E {
  ours.add(error);
  return error;
}

/** Remembers that something was sold when an error came, and returns the error. Its message will not be told. */
export function afterSale(error: unknown, sale: object | undefined): unknown {
  if (sale && Object(error) === error) afterSales.add(error as object);
  return error;
}

/** The error for the operator: without the product keys that databases and clients of suppliers quote. */
export const errorToTell = (error: unknown): Error =>
  ours.has(error as object) ? (error as Error) : errorWithoutValues(error, !afterSales.has(error as object));
