import type { ReceivedCheckSucceeded } from "@codegames/contract";

/** A price with its currency, which the protocol does not name. */
export interface PriceToPay {
  /** The number for `pay`: equal, digit for digit, to the one that `check` returned (interpretations D4, D5). */
  readonly amount: number;
  /** ISO 4217 code. */
  readonly currency: string;
  /** The same amount in minor units, exactly: 4.35 USD is 435n, 1000 JPY is 1000n. */
  readonly minorUnits: bigint;
}

/**
 * Reads the price to pay from a successful check: `product.price`, and never `partner_price`, which the merchant owes
 * the hub (interpretation D4).
 *
 * No message of the protocol names a currency. It is agreed at onboarding, so it belongs into your configuration.
 *
 * @example
 *   ```ts
 *   import { bearer, createClient, priceToPay } from "@codegames/client";
 *
 *   const hub = createClient({ baseUrl: process.env.PARTNER_URL!, auth: bearer(process.env.PARTNER_TOKEN!) });
 *   const check = await hub.check({ product_id: 1n });
 *   if (check.outcome === "succeeded") {
 *     const { amount, minorUnits } = priceToPay(check.body, "USD");
 *     console.log(amount, minorUnits); // 50000 5000000n
 *   }
 *   ```
 *
 * @throws A `RangeError` when the currency is no code of ISO 4217, or the price has more decimals than the currency.
 */
export function priceToPay({ product }: ReceivedCheckSucceeded, currency: string): PriceToPay {
  const amount = product.price;
  const decimals = decimalsOf(currency);
  // `String` writes integers from 10^21 and fractions below 10^-6 with an exponent.
  const written = Number.isInteger(amount) ? String(BigInt(amount)) : String(amount);
  const [, whole = "", fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(written) ?? [];
  if (whole === "" || fraction.length > decimals) {
    const allowed = `positive with at most ${decimals} decimals`;
    throw new RangeError(`Cannot price in ${currency}: price must be ${allowed}, is ${amount}`);
  }
  return { amount, currency, minorUnits: BigInt(whole + fraction.padEnd(decimals, "0")) };
}

/** The currencies of ISO 4217, list one, that do not have two decimals. `Intl` counts the decimals of everyday use. */
const otherDecimals: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

function decimalsOf(currency: string): number {
  const decimals = otherDecimals[currency] ?? (Intl.supportedValuesOf("currency").includes(currency) ? 2 : undefined);
  if (decimals === undefined) {
    const allowed = 'a code of ISO 4217, such as "USD"';
    throw new RangeError(`Cannot price in ${JSON.stringify(currency)}: currency must be ${allowed}`);
  }
  return decimals;
}
