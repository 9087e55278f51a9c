import type { CheckSucceeded } from "@codegames/contract";

/** A price with the currency that the protocol does not speak of. */
export interface PriceToPay {
  /** The number that `pay` has to name: equal, digit for digit, to the one that `check` gave (readings D4 and D5). */
  readonly amount: number;
  /** ISO 4217 code. */
  readonly currency: string;
  /** The same amount in minor units, exactly: 4.35 USD is 435n, 1000 JPY is 1000n. */
  readonly minorUnits: bigint;
}

/**
 * The price to pay from a successful check: `product.price`, never `partner_price`, which is what the merchant owes the
 * hub (reading D4).
 *
 * No message of the protocol names a currency: it is agreed at onboarding, and is configuration. Throws a `RangeError`
 * when it is no ISO 4217 code, or when the price has more decimals than the currency.
 */
export function priceToPay({ product }: CheckSucceeded, currency: string): PriceToPay {
  const amount = product.price;
  const decimals = decimalsOf(currency);
  const [, whole = "", fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(String(amount)) ?? [];
  if (whole === "" || fraction.length > decimals) {
    throw new RangeError(`Cannot price in ${currency}: price must be a decimal with at most ${decimals} decimals, is ${amount}`);
  }
  return { amount, currency, minorUnits: BigInt(whole + fraction.padEnd(decimals, "0")) };
}

function decimalsOf(currency: string): number {
  try {
    const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    return maximumFractionDigits ?? 2;
  } catch {
    throw new RangeError(`Cannot price in ${JSON.stringify(currency)}: currency must be a code of ISO 4217, such as "USD"`);
  }
}
