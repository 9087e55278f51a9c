import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Authenticate } from "./auth.ts";
import { type HandlerRequest, headerOf } from "./http.ts";

/** A key that a merchant signs with. */
export interface HmacKey {
  /** The merchant that it belongs to. */
  merchant: string;
  /** The shared secret: its bytes, or text of which the UTF-8 bytes are taken. */
  secret: string | Uint8Array;
}

/** How signatures are judged. */
export interface HmacOptions {
  /** How far the `created` of a signature may lie from the clock here, in seconds, either way. Default 300. */
  toleranceSeconds?: number;
  /** Unix time in milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** What every signature has to cover (interpretation E1); it may cover more. */
const required = ["@method", "@path", "content-digest"];

/**
 * HMAC-SHA256 over method, path, time and body hash (interpretation E1), as an HTTP message signature (RFC 9421, 3.2):
 * `hmac({ [keyId]: { merchant, secret } })`. One signature a request; other derived components than `@method` and `@path`
 * are not known. A signature can be sent again within its time: `txn_id` makes that harmless.
 */
export function hmac(keys: Readonly<Record<string, HmacKey>>, { toleranceSeconds = 300, now = Date.now }: HmacOptions = {}): Authenticate {
  const known = new Map(Object.entries(keys ?? {}).map(([keyId, key]) => {
    const { merchant, secret } = key ?? {};
    if (keyId === "" || secret === "undefined" || typeof merchant !== "string" || merchant === "" || !secret?.length) {
      throw new TypeError("Cannot use hmac: every entry must be a key id with a merchant and a secret, none of them empty or undefined");
    }
    return [keyId, { merchant, secret: Buffer.from(secret as string) }];
  }));
  if (known.size === 0) throw new TypeError("Cannot use hmac: must have at least one entry, has none");
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

/** The one signature of a request, and what it is made over (RFC 9421, 2.5); undefined when it covers too little. */
function readSignature(request: HandlerRequest) {
  const [, label, parameters = "", list = ""] =
    /^([a-z*][\w.*-]*)=(\(((?:"[\w@.-]+" ?)*)\)(?:;[a-z]+=(?:\d+|"[^"\\]*"))*)$/.exec(headerOf(request, "signature-input") ?? "") ?? [];
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
  const parameter = (name: string) => new RegExp(`;${name}=(?:(\\d+)|"([^"]*)")`).exec(parameters)?.slice(1).find((value) => value !== undefined);
  const [created, keyId, alg = "hmac-sha256"] = [parameter("created"), parameter("keyid"), parameter("alg")];
  if (!label || created === undefined || keyId === undefined || alg !== "hmac-sha256") return undefined;
  if (!required.every((name) => components.includes(name)) || new Set(components).size < components.length) return undefined;
  const values = components.map((name) => componentOf(request, name));
  if (values.includes(undefined)) return undefined;
  const lines = [...components.map((name, index) => `"${name}": ${values[index]}`), `"@signature-params": ${parameters}`];
  const signature = base64In(headerOf(request, "signature"), /^[a-z*][\w.*-]*=:([\w+/=]*):$/);
  return headerOf(request, "signature")?.startsWith(`${label}=`) ? { created: Number(created), expires: Number(parameter("expires") ?? Infinity), keyId, base: lines.join("\n"), signature } : undefined;
}

function componentOf(request: HandlerRequest, name: string): string | undefined {
  if (name === "@method") return request.method;
  if (name === "@path") return request.path.split("?")[0];
  return name.startsWith("@") ? undefined : headerOf(request, name)?.trim();
}

const base64In = (header: string | undefined, pattern: RegExp) => Buffer.from(pattern.exec(header ?? "")?.[1] ?? "", "base64");

const isEqual = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
