import type { CheckSucceeded } from "@codegames/contract";

/** A price with the currency that the protocol does not speak of. */
export interface PriceToPay {
  /** The number that `pay` has to name: equal, digit for digit, to the one that `check` gave (interpretations D4 and D5). */
  readonly amount: number;
  /** ISO 4217 code. */
  readonly currency: string;
  /** The same amount in minor units, exactly: 4.35 USD is 435n, 1000 JPY is 1000n. */
  readonly minorUnits: bigint;
}

/**
 * The price to pay from a successful check: `product.price`, never `partner_price`, which is what the merchant owes the
 * hub (interpretation D4).
 *
 * No message of the protocol names a currency: it is agreed at onboarding, and is configuration. Throws a `RangeError`
 * when it is no code of a currency, or when the price has more decimals than ISO 4217 gives the currency.
 */
export function priceToPay({ product }: CheckSucceeded, currency: string): PriceToPay {
  const amount = product.price;
  const decimals = decimalsOf(currency);
  // Integers beyond 10^21 and fractions below 10^-6 would be written with an exponent.
  const written = Number.isInteger(amount) ? String(BigInt(amount)) : String(amount);
  const [, whole = "", fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(written) ?? [];
  if (whole === "" || fraction.length > decimals) {
    throw new RangeError(`Cannot price in ${currency}: price must be positive with at most ${decimals} decimals, is ${amount}`);
  }
  return { amount, currency, minorUnits: BigInt(whole + fraction.padEnd(decimals, "0")) };
}

/** ISO 4217, list one: the currencies that do not have two decimals. `Intl` knows others, those of everyday use. */
const otherDecimals: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

function decimalsOf(currency: string): number {
  const decimals = otherDecimals[currency] ?? (Intl.supportedValuesOf("currency").includes(currency) ? 2 : undefined);
  if (decimals === undefined) {
    throw new RangeError(`Cannot price in ${JSON.stringify(currency)}: currency must be a code of ISO 4217, such as "USD"`);
  }
  return decimals;
}
