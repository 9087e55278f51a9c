import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Authenticate } from "./auth.ts";
import { type HandlerRequest, headerOf } from "./http.ts";

/** A merchant's key. */
export interface HmacKey {
  /** The merchant that signs with it. */
  merchant: string;
  /** The shared secret: bytes, or text whose UTF-8 bytes count. */
  secret: string | Uint8Array;
}

/** Options of {@link hmac}. */
export interface HmacOptions {
  /**
   * The largest distance between a signature's `created` and this clock, in seconds, either way.
   *
   * @default 300
   */
  toleranceSeconds?: number;
  /**
   * Unix time in milliseconds.
   *
   * @default Date.now
   */
  now?: () => number;
}

/** The components that every signature must cover (interpretation E1). It may cover more. */
const required = ["@method", "@path", "content-digest"];

/**
 * Authenticates by HMAC-SHA256 over method, path, time and body hash (interpretation E1), as an HTTP message signature
 * (RFC 9421, 3.2): `hmac({ [keyId]: { merchant, secret } })`.
 *
 * A request has one signature. It may cover headers and the derived components `@method` and `@path`, and no others. Hazard:
 * a signature can be replayed within its time; `txn_id` makes that harmless.
 *
 * @throws A `TypeError` when an entry cannot be used. The message shows no secret.
 */
export function hmac(keys: Readonly<Record<string, HmacKey>>, options: HmacOptions = {}): Authenticate {
  const { toleranceSeconds = 300, now = Date.now } = options;
  const known = readKeys(keys);
  const nobody = { merchant: undefined, secret: createHash("sha256").digest() };

  const authenticate = (request: HandlerRequest): string | undefined => {
    const signed = readSignature(request);
    if (!signed || request.body === "too-large") return undefined;
    const seconds = now() / 1000;
    if (!(Math.abs(seconds - signed.created) <= toleranceSeconds) || !(seconds < signed.expires)) return undefined;
    const { merchant, secret } = known.get(signed.keyId) ?? nobody;
    const digest = createHash("sha256").update(request.body).digest();
    const isBody = isEqual(digest, base64In(headerOf(request, "content-digest"), /(?:^|,)\s*sha-256=:([\w+/=]*):/));
    const isSigner = isEqual(createHmac("sha256", secret).update(signed.base).digest(), signed.signature);
    return isBody && isSigner ? merchant : undefined;
  };
  return Object.assign(authenticate, { challenge: 'Signature realm="api"' });
}

function readKeys(keys: Readonly<Record<string, HmacKey>>) {
  const entries = Object.entries(keys ?? {}).map(([keyId, key]): [string, { merchant: string; secret: Buffer }] => {
    const { merchant, secret } = key ?? {};
    if (keyId === "" || secret === "undefined" || typeof merchant !== "string" || merchant === "" || !secret?.length) {
      const allowed = "a key id with a merchant and a secret, none of them empty or undefined";
      throw new TypeError(`Cannot use hmac: every entry must be ${allowed}`);
    }
    return [keyId, { merchant, secret: Buffer.from(secret as string) }];
  });
  if (entries.length === 0) throw new TypeError("Cannot use hmac: must have at least one entry, has none");
  return new Map(entries);
}

/** `label=("component" …);name=value…`, as in `Signature-Input` (RFC 9421, 4.1). */
const signatureInput = /^([a-z*][\w.*-]*)=(\(((?:"[\w@.-]+" ?)*)\)(?:;[a-z]+=(?:\d+|"[^"\\]*"))*)$/;

/** Reads the signature of a request and rebuilds its base (RFC 9421, 2.5); undefined when it covers too little. */
function readSignature(request: HandlerRequest) {
  const input = headerOf(request, "signature-input") ?? "";
  const [, label, parameters = "", list = ""] = signatureInput.exec(input) ?? [];
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  const parameter = (name: string) =>
    new RegExp(`;${name}=(?:(\\d+)|"([^"]*)")`)
      .exec(parameters)
      ?.slice(1)
      .find((value) => value !== undefined);
  const [created, keyId, alg = "hmac-sha256"] = [parameter("created"), parameter("keyid"), parameter("alg")];
  if (!label || created === undefined || keyId === undefined || alg !== "hmac-sha256") return undefined;
  if (!required.every((name) => components.includes(name)) || new Set(components).size < components.length) return undefined;
  const values = components.map((name) => componentOf(request, name));
  if (values.includes(undefined)) return undefined;
  const lines = [...components.map((name, index) => `"${name}": ${values[index]}`), `"@signature-params": ${parameters}`];
  const signature = base64In(headerOf(request, "signature"), /^[a-z*][\w.*-]*=:([\w+/=]*):$/);
  if (!headerOf(request, "signature")?.startsWith(`${label}=`)) return undefined;
  const expires = Number(parameter("expires") ?? Infinity);
  return { created: Number(created), expires, keyId, base: lines.join("\n"), signature };
}

function componentOf(request: HandlerRequest, name: string): string | undefined {
  if (name === "@method") return request.method;
  if (name === "@path") return request.path.split("?")[0];
  return name.startsWith("@") ? undefined : headerOf(request, name)?.trim();
}

const base64In = (header: string | undefined, pattern: RegExp) =>
  Buffer.from(pattern.exec(header ?? "")?.[1] ?? "", "base64");

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
