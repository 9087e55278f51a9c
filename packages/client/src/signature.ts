import { type AuthFunction, refused, toBase64, visible } from "./auth.ts";

/** What both sides agreed on at onboarding. */
export interface HmacKey {
  /** Names the key to the provider: visible ASCII without quotes and backslashes. Not secret. */
  keyId: string;
  /** The shared secret: its bytes, or text of which the UTF-8 bytes are taken. RFC 2104 (3) advises 32 bytes or more. */
  secret: string | Uint8Array<ArrayBuffer>;
  /** Unix time in milliseconds, for the parameter `created`. Default `Date.now`. */
  now?: () => number;
}

/**
 * HMAC-SHA256 over method, path, time and body hash (interpretation E1), as an HTTP message signature (RFC 9421, 3.3.3): the
 * headers `Content-Digest` (RFC 9530), `Signature-Input` and `Signature`. Throws a `TypeError` when the key cannot be used.
 */
export function hmac({ keyId, secret, now = Date.now }: HmacKey): AuthFunction {
  if (/["\\]/.test(visible("hmac({ keyId })", keyId))) throw refused("hmac({ keyId })", "without quotes and backslashes");
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) throw refused("hmac({ secret })", "text or bytes, and not empty");
  const key = crypto.subtle.importKey("raw", bytes.slice(), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

  return async ({ method, url, body = "" }) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    const contentDigest = `sha-256=:${toBase64(new Uint8Array(digest))}:`;
    const created = Math.floor(now() / 1000);
    if (!Number.isSafeInteger(created)) throw new RangeError("No time");
    const input = `("@method" "@path" "content-digest");created=${created};keyid="${keyId}";alg="hmac-sha256"`;
    const base = [
      `"@method": ${method}`,
      `"@path": ${new URL(url).pathname}`,
      `"content-digest": ${contentDigest}`,
      `"@signature-params": ${input}`,
    ].join("\n");
    const signature = await crypto.subtle.sign("HMAC", await key, new TextEncoder().encode(base));
    return {
      "Content-Digest": contentDigest,
      "Signature-Input": `sig=${input}`,
      Signature: `sig=:${toBase64(new Uint8Array(signature))}:`,
    };
  };
}
