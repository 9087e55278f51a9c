import { createHash, createHmac } from "node:crypto";
import type { AuthRefusalReason, HmacOptions } from "@codegames/server";

/** A signed request, and what a provider makes of it. */
export interface SignatureVector extends SignedRequest {
  /**
   * `sign`: in the form of the contract, made at `now`: a signer writes these very headers, and a provider takes them.
   * `accept`: a provider takes this form too. `refuse`: a provider refuses it.
   */
  readonly kind: "sign" | "accept" | "refuse";
  /** The merchant that is found, or the step that fails. */
  readonly expected: { readonly merchant: string } | { readonly refused: AuthRefusalReason };
}

/** A request as it was sent, and what was signed. */
export interface SignedRequest {
  readonly name: string;
  /** The provider's clock, Unix time in seconds. */
  readonly now: number;
  /** The provider's options beside its keys; absent when all have their defaults. */
  readonly options?: Pick<HmacOptions, "publicOrigin" | "tag" | "toleranceSeconds">;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** The text that was signed. */
  readonly signatureBase: string;
}

/** The keys of all vectors. A text stands for its UTF-8 bytes. */
export const keys: Readonly<Record<string, { merchant: string; secretText?: string; secretHex: string }>> = {
  wallet: keyOf("shop-1", "a shared secret of 32 bytes, or more"),
  bank: keyOf("shop-2", "Общий секрет магазина и провайдера"),
  // Longer than a block of SHA-256, so HMAC hashes it first (RFC 2104, 2).
  kiosk: keyOf("shop-3", "0123456789abcdef".repeat(5)),
  bytes: { merchant: "shop-4", secretHex: `00ff0a0d80c0${"5a".repeat(26)}` },
};

function keyOf(merchant: string, secretText: string) {
  return { merchant, secretText, secretHex: Buffer.from(secretText).toString("hex") };
}

/** A request before it is signed, and how. What is not said is as the client of this project does it. */
export interface Unsigned {
  name: string;
  now?: number;
  options?: SignedRequest["options"];
  method?: string;
  url?: string;
  body?: string;
  /** `Content-Digest`; by default the `sha-256` of the body. */
  digest?: string;
  /** Other headers. */
  headers?: Record<string, string>;
  label?: string;
  components?: string;
  parameters?: string;
  keyId?: string;
  /** The key id whose secret signs, where it is not the one that is named. */
  signedBy?: string;
  /** Values of components, and others in place of those that the request has. */
  signed?: Record<string, string>;
  /** What is changed after signing; a header that becomes undefined is taken away. */
  sent?: {
    method?: string;
    url?: string;
    body?: string;
    headers?: Record<string, (signed: string) => string | undefined>;
  };
}

export const created = 1_700_000_000;
export const payOrder = '{"product_id":1234567890,"price":50000,"txn_id":"A-17"}';

export const digestOf = (algorithm: "md5" | "sha-256" | "sha-512", body: string): string =>
  `${algorithm}=:${createHash(algorithm.replace("-", "")).update(body).digest("base64")}:`;

/** Signs with node:crypto alone, by RFC 9421 (2.5 and 3.1): neither the client nor the server has a part in it. */
export function sign(unsigned: Unsigned): SignedRequest {
  const {
    name,
    now = created,
    options,
    method = "POST",
    url = "https://hub.example/api/pay",
    body = payOrder,
  } = unsigned;
  const { digest = digestOf("sha-256", body), headers = {}, label = "sig", sent = {} } = unsigned;
  const { components = '"@method" "@path" "content-digest"', keyId = "wallet", signedBy = keyId, signed } = unsigned;
  const { parameters = `;created=${created};keyid="${keyId}";alg="hmac-sha256"` } = unsigned;
  const values: Record<string, string> = {
    "@method": method,
    "@path": new URL(url).pathname,
    "content-digest": digest,
  };
  Object.assign(values, headers, signed);
  const input = `(${components})${parameters}`;
  const lines = [...components.matchAll(/"([^"]+)"([^ ]*)/g)].map(
    ([component, field = "", itsParameters = ""]) => `${component}: ${values[field + itsParameters]}`,
  );
  const signatureBase = [...lines, `"@signature-params": ${input}`].join("\n");
  const secret = Buffer.from(keys[signedBy]!.secretHex, "hex");
  const signature = createHmac("sha256", secret).update(signatureBase).digest("base64");
  const signedHeaders: Record<string, string> = {
    "content-type": "application/json",
    ...headers,
    "content-digest": digest,
    "signature-input": `${label}=${input}`,
    signature: `${label}=:${signature}:`,
  };
  const sentHeaders = Object.entries(signedHeaders).flatMap(([header, value]) => {
    const change = sent.headers?.[header];
    const sentValue = change ? change(value) : value;
    return sentValue === undefined ? [] : [[header, sentValue] as const];
  });
  const request = {
    method: sent.method ?? method,
    url: sent.url ?? url,
    headers: Object.fromEntries(sentHeaders),
    body: sent.body ?? body,
  };
  return { name, now, ...(options && { options }), request, signatureBase };
}
