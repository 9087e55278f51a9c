import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Authenticate } from "./auth.ts";
import { type HandlerRequest, headerOf } from "./http.ts";

/** The key with which a merchant signs. */
export interface HmacKey {
  /** The merchant that owns the key. */
  merchant: string;
  /** The shared secret: bytes, or text that is encoded as UTF-8. */
  secret: string | Uint8Array;
}

/** Options of `hmac`. */
export interface HmacOptions {
  /**
   * The largest difference in seconds, either way, between the `created` of a signature and the clock of this server.
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

/** Every signature must cover these components (interpretation E1). It may cover more. */
const requiredComponents = ["@method", "@path", "content-digest"];

/**
 * Authenticates with HMAC-SHA256 over method, path, time and body hash (interpretation E1), as an HTTP message
 * signature (RFC 9421, 3.2): `hmac({ [keyId]: { merchant, secret } })`. A request has one signature, and the only
 * derived components are `@method` and `@path`. A signature can be replayed while it is valid; `txn_id` makes that
 * harmless.
 *
 * @throws A `TypeError` when there is no entry, or an entry lacks its key id, merchant or secret.
 */
export function hmac(keys: Readonly<Record<string, HmacKey>>, options: HmacOptions = {}): Authenticate {
  const { toleranceSeconds = 300, now = Date.now } = options;
  const known = readKeys(keys);
  // An unknown key is compared like a known one, so that the time of the answer does not tell them apart.
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

function readKeys(keys: Readonly<Record<string, HmacKey>>): Map<string, { merchant: string; secret: Buffer }> {
  const known = Object.entries(keys ?? {}).map(([keyId, key]) => {
    const { merchant, secret } = key ?? {};
    if (keyId === "" || secret === "undefined" || typeof merchant !== "string" || merchant === "" || !secret?.length) {
      throw new TypeError(
        "Cannot use hmac: every entry must be a key id with a merchant and a secret, none of them empty or undefined",
      );
    }
    return [keyId, { merchant, secret: Buffer.from(secret as string) }] as const;
  });
  if (known.length === 0) throw new TypeError("Cannot use hmac: must have at least one entry, has none");
  return new Map(known);
}

interface Signature {
  /** Unix time in seconds. */
  readonly created: number;
  /** Unix time in seconds; `Infinity` when the signature has no end. */
  readonly expires: number;
  readonly keyId: string;
  /** The text that was signed. */
  readonly base: string;
  readonly signature: Buffer;
}

/** One label, and the parameters: the list of quoted components, then `;name=value` pairs. */
const signatureInput = /^([a-z*][\w.*-]*)=(\(((?:"[\w@.-]+" ?)*)\)(?:;[a-z]+=(?:\d+|"[^"\\]*"))*)$/;

/** Reads a signature and its base (RFC 9421, 2.5); undefined when it is malformed or covers too little. */
function readSignature(request: HandlerRequest): Signature | undefined {
  const [, label, parameters = "", list = ""] = signatureInput.exec(headerOf(request, "signature-input") ?? "") ?? [];
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  const created = parameterIn(parameters, "created");
  const keyId = parameterIn(parameters, "keyid");
  const algorithm = parameterIn(parameters, "alg") ?? "hmac-sha256";
  if (!label || created === undefined || keyId === undefined || algorithm !== "hmac-sha256") return undefined;
  if (!requiredComponents.every((name) => components.includes(name))) return undefined;
  if (new Set(components).size < components.length) return undefined;
  const base = signatureBase(request, components, parameters);
  const signatureHeader = headerOf(request, "signature");
  if (base === undefined || !signatureHeader?.startsWith(`${label}=`)) return undefined;
  const expires = Number(parameterIn(parameters, "expires") ?? Infinity);
  const signature = base64In(signatureHeader, /^[a-z*][\w.*-]*=:([\w+/=]*):$/);
  return { created: Number(created), expires, keyId, base, signature };
}

function parameterIn(parameters: string, name: string): string | undefined {
  const [, number, text] = new RegExp(`;${name}=(?:(\\d+)|"([^"]*)")`).exec(parameters) ?? [];
  return number ?? text;
}

/** Builds the text that was signed; undefined when the request lacks one of the components. */
function signatureBase(request: HandlerRequest, components: string[], parameters: string): string | undefined {
  const lines: string[] = [];
  for (const name of components) {
    const value = componentOf(request, name);
    if (value === undefined) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  return [...lines, `"@signature-params": ${parameters}`].join("\n");
}

function componentOf(request: HandlerRequest, name: string): string | undefined {
  if (name === "@method") return request.method;
  if (name === "@path") return request.path.split("?")[0];
  return name.startsWith("@") ? undefined : headerOf(request, name)?.trim();
}

const base64In = (header: string | undefined, pattern: RegExp) =>
  Buffer.from(pattern.exec(header ?? "")?.[1] ?? "", "base64");

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
