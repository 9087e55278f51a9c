import type { AuthRefusalReason } from "@codegames/server";
import { contractForm, otherForms } from "./accepted-signatures.ts";
import { refusedForms } from "./refused-signatures.ts";
import { keys, sign, type SignatureVector, type Unsigned } from "./signature-vector.ts";

/** The content of `packages/contract/vectors/signatures.json`. */
export interface SignatureVectors {
  readonly description: string;
  readonly readme: string;
  readonly keys: typeof keys;
  readonly cases: readonly SignatureVector[];
}

/** Makes the vectors of signatures; always the same. */
export function signatureVectors(): SignatureVectors {
  return {
    description: "Signed requests, and what a provider must make of each",
    readme: "signatures.md",
    keys,
    cases: [
      ...contractForm.map((form) => vector("sign", form, merchantOf(form))),
      ...otherForms.map((form) => vector("accept", form, merchantOf(form))),
      ...Object.entries(refusedForms).flatMap(([reason, forms]) =>
        forms.map((form) => vector("refuse", form, { refused: reason as AuthRefusalReason })),
      ),
    ],
  };
}

const merchantOf = ({ keyId = "wallet" }: Unsigned) => ({ merchant: keys[keyId]!.merchant });

function vector(
  kind: SignatureVector["kind"],
  unsigned: Unsigned,
  expected: SignatureVector["expected"],
): SignatureVector {
  const { name, ...signed } = sign(unsigned);
  return { name, kind, ...signed, expected };
}
