import type { AuthRefusalReason } from "@codegames/server";
import { contractForm, otherForms } from "./accepted-signatures.ts";
import { refusedForms } from "./refused-signatures.ts";
import { keys, sign, type SignatureVector, type Unsigned } from "./signature-vector.ts";

/** The content of `packages/contract/vectors/signatures.json`. */
export interface SignatureVectors {
  readonly keys: typeof keys;
  /** Signed at `now` in the form of the contract: a signer writes exactly these headers, and a provider takes them. */
  readonly sign: readonly SignatureVector[];
  /** A provider takes these too. */
  readonly accept: readonly SignatureVector[];
  /** A provider refuses these, at the step that is named. */
  readonly refuse: readonly SignatureVector[];
}

/** Makes the vectors of signatures; always the same. */
export function signatureVectors(): SignatureVectors {
  const accepted = (unsigned: Unsigned) => ({
    ...sign(unsigned),
    merchant: keys[unsigned.keyId ?? "wallet"]!.merchant,
  });
  return {
    keys,
    sign: contractForm.map(accepted),
    accept: otherForms.map(accepted),
    refuse: Object.entries(refusedForms).flatMap(([reason, forms]) =>
      forms.map((unsigned) => ({ ...sign(unsigned), refused: reason as AuthRefusalReason })),
    ),
  };
}
