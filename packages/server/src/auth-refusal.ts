/**
 * Why a call was refused: the step of `auth` that failed, or the path.
 *
 * - `no-credentials`: the request carries none, or lacks a header of theirs.
 * - `wrong-credentials`: no merchant has this token, password or key.
 * - `malformed-signature`: `Signature-Input` or `Signature` is not what RFC 9421 says, or repeats something.
 * - `several-signatures`: the request has more than one.
 * - `missing-parameter`: the signature has no `created` or no `keyid`.
 * - `wrong-algorithm`: its `alg` is not `hmac-sha256`.
 * - `wrong-tag`: its `tag` is not the one that the option `tag` demands.
 * - `missing-component`: it does not cover the method, the path or the hash of the body.
 * - `unknown-component`: it covers something that this server cannot check.
 * - `missing-header`: it covers a header that the request does not have.
 * - `created-too-old`, `created-in-future`: it was made further from this server's clock than `toleranceSeconds`.
 * - `expired`: its `expires` has passed.
 * - `body-too-large`: the body was not read to its end, so its hash is not known.
 * - `malformed-digest`: `Content-Digest` is not what RFC 9530 says.
 * - `unsupported-digest`: it has neither `sha-256` nor `sha-512`.
 * - `wrong-digest`: it is the hash of another body.
 * - `unknown-key`: no key has the id `keyid`.
 * - `wrong-signature`: the secret, the method, the path or another covered component is not the one that was signed.
 * - `no-merchant`: a function of yours found no merchant, and gave no reason.
 * - `unknown-path`: the path is one of the contract, with another prefix than `basePath`. The answer is 404.
 */
export type AuthRefusalReason =
  | "no-credentials"
  | "wrong-credentials"
  | "malformed-signature"
  | "several-signatures"
  | "missing-parameter"
  | "wrong-algorithm"
  | "wrong-tag"
  | "missing-component"
  | "unknown-component"
  | "missing-header"
  | "created-too-old"
  | "created-in-future"
  | "expired"
  | "body-too-large"
  | "malformed-digest"
  | "unsupported-digest"
  | "wrong-digest"
  | "unknown-key"
  | "wrong-signature"
  | "no-merchant"
  | "unknown-path";

/**
 * Why `auth` found no merchant. It is for the operator: the caller gets the same 401 for every reason. It holds no
 * credential, no signature and nothing of the body.
 */
export interface AuthRefusal {
  readonly reason: AuthRefusalReason;
  /** What must be and what is, such as `created is 312 s old, must be at most 300 s`. Printable ASCII. */
  readonly detail: string;
}

/** Takes the reason of a refusal, for `onRefused` of the handler. */
export type Refuse = (refusal: AuthRefusal) => void;

export const refused = (reason: AuthRefusalReason, detail: string): { refusal: AuthRefusal } => ({
  refusal: { reason, detail },
});

/** Quotes what a request says, so that it fits in a line of a log. */
export const quote = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
