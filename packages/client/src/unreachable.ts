/**
 * Whether an error proves that nothing was sent (interpretation C1): a failed `connect` or name look-up, a connect
 * timeout, a rejected certificate, a refused TLS handshake.
 *
 * Codes that an established connection can raise too prove nothing, such as `ECONNRESET`, `EPROTO` and
 * `ERR_SSL_WRONG_VERSION_NUMBER` (TLS 1.2 raises it when plain text follows a request): the call stays unknown.
 */
export function isUnreachable(error: unknown): boolean {
  try {
    return provesUnsent(error, 0);
  } catch {
    return false; // An error that cannot be read proves nothing.
  }
}

function provesUnsent(error: unknown, depth: number): boolean {
  if (typeof error !== "object" || error === null || depth > 8) return false;
  const { code, syscall, errors, cause } = error as Record<"code" | "syscall" | "errors" | "cause", unknown>;
  if (typeof syscall === "string") return syscall === "connect" || syscall === "getaddrinfo";
  if (typeof code === "string" && codes.has(code)) return true;
  if (Array.isArray(errors)) return errors.length > 0 && errors.every((each) => provesUnsent(each, depth + 1));
  return provesUnsent(cause, depth + 1);
}

/** Names an error in a `detail`: by its innermost code, or by its class, and never by its message. */
export function errorName(error: unknown): string {
  let name = "Error";
  try {
    let each = error;
    for (let depth = 0; each instanceof Object && depth < 8; depth++) {
      const { code, name: className, cause } = each as Record<"code" | "name" | "cause", unknown>;
      const found = typeof code === "string" ? code : className;
      if (typeof found === "string" && /^[\w/]{1,64}$/.test(found)) name = found;
      each = cause;
    }
  } catch {
    // An error that cannot be read keeps the name found so far.
  }
  return name;
}

const codes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  // Certificates: node:tls, "X509 certificate error codes", and the name check.
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_REJECTED",
  "CERT_UNTRUSTED",
  "CERT_CHAIN_TOO_LONG",
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  // Handshakes that the other side refuses; OpenSSL 3 renamed the first.
  "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
  "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
  "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
  "ERR_SSL_UNSUPPORTED_PROTOCOL",
]);
