import { expect, test } from "vitest";
import { isUnreachable, errorName } from "./unreachable.ts";

const failed = (cause: unknown) => new TypeError("fetch failed", { cause });

test.each([
  { code: "ECONNREFUSED" },
  { code: "ECONNREFUSED", syscall: "connect" },
  { code: "ETIMEDOUT", syscall: "connect" },
  { code: "ENOTFOUND", syscall: "getaddrinfo" },
  { code: "EAI_AGAIN" },
  { code: "UND_ERR_CONNECT_TIMEOUT" },
  { code: "EHOSTUNREACH" },
  { code: "CERT_HAS_EXPIRED" },
  { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
  { code: "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE" },
  new AggregateError([
    { code: "ETIMEDOUT", syscall: "connect" },
    { code: "ENETUNREACH", syscall: "connect" },
  ]),
  failed({ code: "ENETUNREACH" }),
])("%o proves that nothing was sent", (cause) => {
  expect(isUnreachable(failed(cause))).toBe(true);
});

test.each([
  undefined,
  "ECONNREFUSED",
  { code: "ECONNRESET" },
  { code: "EPIPE" },
  { code: "ETIMEDOUT" },
  { code: "UND_ERR_SOCKET" },
  { code: "UND_ERR_HEADERS_TIMEOUT" },
  { code: "ERR_SSL_WRONG_VERSION_NUMBER" },
  { code: "EHOSTUNREACH", syscall: "read" },
  { code: "ECONNREFUSED", syscall: "write" },
  new AggregateError([]),
  new AggregateError([{ code: "ECONNREFUSED" }, { code: "ECONNRESET" }]),
])("%o proves nothing", (cause) => {
  expect(isUnreachable(failed(cause))).toBe(false);
});

test("an error that is its own cause proves nothing", () => {
  const error = new Error("loop");
  error.cause = error;
  expect(isUnreachable(error)).toBe(false);
});

test("errorName() returns the innermost code or class of an error, and never its message", () => {
  expect(errorName(failed({ code: "ECONNRESET" }))).toBe("ECONNRESET");
  expect(errorName(new RangeError("SECRET"))).toBe("RangeError");
  expect(errorName({ code: "a secret sentence" })).toBe("Error");
});
