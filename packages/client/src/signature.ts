import { type AuthFunction, toBase64, unusable, visible } from "./auth.ts";

/** The key that both sides agreed on at onboarding. */
export interface HmacKey {
  /** The name of the key, not secret: visible ASCII without quotes and backslashes; not `undefined`, not `null`. */
  keyId: string;
  /** The shared secret: 16 bytes or more, or text of as many in UTF-8. RFC 2104 (3) advises 32. */
  secret: string | Uint8Array<ArrayBuffer>;
  /**
   * Unix time in milliseconds, for the parameter `created`.
   *
   * @default Date.now
   */
  now?: () => number;
}

/**
 * Authenticates with HMAC-SHA256 over method, path, time and body hash (interpretation E1), as an HTTP message
 * signature (RFC 9421, 3.3.3): the headers `Content-Digest` (RFC 9530), `Signature-Input` and `Signature`.
 *
 * @example
 *   ```ts
 *   import { hmac } from "@codegames/client";
 *
 *   const sign = hmac({ keyId: "shop-1", secret: "a-secret-of-at-least-32-bytes-...", now: () => 1_700_000_000_000 });
 *   const request = { method: "POST", url: "https://hub.example/status", body: '{"txn_id":"A-17"}' };
 *   const headers = await sign({ ...request, signal: new AbortController().signal });
 *   console.log(headers["Signature-Input"]); // sig=("@method" "@path" "content-digest");created=1700000000;…
 *   ```
 *
 * @throws A `TypeError` when the key cannot be used. The message shows no secret.
 */
export function hmac({ keyId, secret, now = Date.now }: HmacKey): AuthFunction {
  if (/["\\]/.test(visible("hmac({ keyId })", keyId)))
    throw unusable("hmac({ keyId })", "without quotes and backslashes");
  // An unset variable in a template.
  if (/^(undefined|null)$/.test(keyId)) throw unusable("hmac({ keyId })", "neither undefined nor null");
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (!(bytes instanceof Uint8Array) || bytes.length < 16)
    throw unusable("hmac({ secret })", "text or bytes, at least 16 of them (RFC 2104 advises 32)");
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
