import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { type AuthRefusal, quote, type Refuse, refused } from "./auth-refusal.ts";
import type { Authenticate } from "./auth.ts";
import { checkContentDigest } from "./content-digest.ts";
import { entriesOf, isUnset } from "./credentials.ts";
import { type HandlerRequest, headerOf } from "./http.ts";
import { signatureBase } from "./signature-base.ts";
import { readSignatureInput, type SignatureInput } from "./signature-input.ts";

/** The key with which a merchant signs. */
export interface HmacKey {
  /** The merchant that owns the key. */
  merchant: string;
  /**
   * The shared secret: bytes, or text that is encoded as UTF-8. It has 16 bytes or more; RFC 2104 (3) advises 32, as
   * long as the hash. It cannot be given as a hash, because a signature is made with the secret itself.
   */
  secret: string | Uint8Array;
}

/** Options of `hmac`. */
export interface HmacOptions {
  /**
   * The largest difference in seconds, either way, between the `created` of a signature and the clock of this server.
   * For so long a request can be sent again by whoever has read it, and for twice as long when `created` is ahead.
   *
   * @default 300
   */
  toleranceSeconds?: number;
  /**
   * Scheme, host and port of the base URL that merchants use, such as `"https://pay.example"`. Signatures may cover
   * `@authority`, `@scheme` and `@target-uri` only with it: behind a proxy nobody but you knows them. `Host`,
   * `Forwarded` and `X-Forwarded-*` are never used, because whoever sends the request writes them. A server with two
   * origins takes two `hmac(…)`, tried in turn by a function of yours.
   *
   * @default none
   */
  publicOrigin?: string;
  /**
   * The `tag` that every signature must have (RFC 9421, 2.3), for a key that signs for other protocols too. Without
   * this option the tag, if there is one, is signed and means nothing.
   *
   * @default none
   */
  tag?: string;
  /**
   * Unix time in milliseconds.
   *
   * @default Date.now
   */
  now?: () => number;
}

/**
 * Authenticates with HMAC-SHA256 over method, path, time and body hash (interpretation E1), as an HTTP message
 * signature (RFC 9421, 3.2): `hmac({ [keyId]: { merchant, secret } })`. A request has one signature. It must cover
 * `@method`, `@path` and `content-digest` (RFC 9530, `sha-256` or `sha-512`). It may cover `@request-target`, `@query`
 * and any header too, and with `publicOrigin` also `@authority`, `@scheme` and `@target-uri`. `onRefused` of the
 * handler is told the step that fails.
 *
 * A signature can be used again: who reads a whole request, in a log or at a proxy, can send it until `expires`, and
 * until `created` is `toleranceSeconds` (300) ago. A `nonce` is signed but not remembered. What a repeat does:
 *
 * - `pay` sells nothing more, because `txn_id` is known. Its answer is `TXN_DUPLICATE`, without a key. With `replay` it
 *   is the first answer, **with the product key**: a signed pay is then as secret as the key, while it is valid.
 * - `check` and `status` tell what is true when the repeat arrives.
 *
 * TLS up to this server, no request bodies in logs, and a smaller `toleranceSeconds` keep it so.
 *
 * @throws A `TypeError` when there is no entry, a key id, merchant or secret is missing or comes from an unset
 *   variable, a secret has less than 16 bytes, or `publicOrigin` is no origin. No message shows a secret.
 */
export function hmac(keys: Readonly<Record<string, HmacKey>>, options: HmacOptions = {}): Authenticate {
  const known = readKeys(keys);
  const publicOrigin = readOrigin(options.publicOrigin);
  const secrets = new Set([...known.values()].map(({ secret }) => secret.export().toString()));
  // An unknown key is compared like a known one, so that the time of the answer does not tell them apart.
  const nobody = { merchant: undefined, secret: createSecretKey(createHash("sha256").digest()) };
  const verify = (request: HandlerRequest): { merchant: string } | { refusal: AuthRefusal } => {
    const input = readSignatureInput(request);
    if ("refusal" in input) return input;
    const unfit = checkParameters(input, options);
    if (unfit) return unfit;
    const base = signatureBase(request, input, publicOrigin);
    if ("refusal" in base) return base;
    const otherBody = checkBody(request);
    if (otherBody) return otherBody;
    const { merchant, secret } = known.get(input.keyId) ?? nobody;
    const isSigner = isEqual(createHmac("sha256", secret).update(base.text).digest(), input.signature);
    if (merchant === undefined) return unknownKey(input.keyId, secrets);
    return isSigner ? { merchant } : wrongSignature(input);
  };
  const authenticate = (request: HandlerRequest, refuse?: Refuse): string | undefined => {
    const verified = verify(request);
    if ("merchant" in verified) return verified.merchant;
    refuse?.(verified.refusal);
    return undefined;
  };
  return Object.assign(authenticate, { challenge: 'Signature realm="api"', readsBody: true });
}

/** RFC 2104 (3) discourages secrets shorter than the hash, which has 32 bytes. Below 16 it is likely to be a word. */
const leastBytes = 16;

function readKeys(keys: Readonly<Record<string, HmacKey>>): Map<string, { merchant: string; secret: KeyObject }> {
  const what = "a key id to a merchant and a secret";
  return new Map(entriesOf("hmac", what, keys).map(([keyId, key]) => [keyId, readKey(keyId, key)]));
}

function readKey(keyId: string, key: HmacKey): { merchant: string; secret: KeyObject } {
  const { merchant, secret } = key ?? {};
  const isSecret = (typeof secret === "string" && !isUnset(secret)) || (isUint8Array(secret) && secret.length > 0);
  if (isUnset(keyId) || typeof merchant !== "string" || merchant === "" || !isSecret) {
    throw new TypeError(
      "Cannot use hmac: every entry must be a key id with a merchant and a secret, none of them empty or undefined",
    );
  }
  const bytes = Buffer.from(secret);
  if (bytes.length < leastBytes) {
    throw new TypeError(
      `Cannot use hmac: a secret must have ${leastBytes} bytes or more (RFC 2104 advises 32), has ${bytes.length}`,
    );
  }
  return { merchant, secret: createSecretKey(bytes) };
}

function readOrigin(value: string | undefined): URL | undefined {
  if (value === undefined) return undefined;
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url;
  const actual = typeof value === "string" ? JSON.stringify(value.replace(/.*@/, "[secret]@")) : typeof value;
  throw new TypeError(`Cannot use hmac: publicOrigin must be like "https://pay.example", without a path, is ${actual}`);
}

/** Checks what the signature says of itself: algorithm, tag and time. */
function checkParameters(
  { algorithm = "hmac-sha256", tag, created, expires }: SignatureInput,
  { toleranceSeconds = 300, now = Date.now, tag: wanted }: HmacOptions,
): { refusal: AuthRefusal } | undefined {
  if (algorithm !== "hmac-sha256")
    return refused("wrong-algorithm", `alg must be "hmac-sha256", is ${quote(algorithm)}`);
  if (wanted !== undefined && tag !== wanted) {
    return refused("wrong-tag", `tag must be ${quote(wanted)}, is ${tag === undefined ? "missing" : quote(tag)}`);
  }
  const seconds = now() / 1000;
  const age = seconds - created;
  const limit = `must be at most ${toleranceSeconds} s`;
  // Written so that a time which is no number is refused.
  if (!(age <= toleranceSeconds)) return refused("created-too-old", `created is ${Math.ceil(age)} s old, ${limit}`);
  if (!(-age <= toleranceSeconds))
    return refused("created-in-future", `created is ${Math.ceil(-age)} s ahead, ${limit}`);
  if (!(seconds < expires)) return refused("expired", `expires passed ${Math.floor(seconds - expires)} s ago`);
  return undefined;
}

/** The base has the header, or the signature would have been refused. */
function checkBody(request: HandlerRequest): { refusal: AuthRefusal } | undefined {
  if (request.body === "too-large") return refused("body-too-large", "the body is larger than maxBodyBytes");
  return checkContentDigest(headerOf(request, "content-digest")?.trim() ?? "", request.body);
}

/** Shows the key id, unless somebody mistook the secret for it. */
function unknownKey(keyId: string, secrets: ReadonlySet<string>): { refusal: AuthRefusal } {
  if (secrets.has(keyId)) return refused("unknown-key", "keyid is the secret of a key");
  return refused("unknown-key", `keyid ${quote(keyId)} is not known`);
}

function wrongSignature({ signature, components }: SignatureInput): { refusal: AuthRefusal } {
  const { length } = signature;
  if (length !== 32) return refused("wrong-signature", `the signature must have 32 bytes, has ${length}`);
  return refused("wrong-signature", `another secret, or another value of ${quote(components.join(" "))}`);
}

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
