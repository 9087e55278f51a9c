/** Reads a `Retry-After` header (RFC 9110, 10.2.3), in milliseconds from 0; undefined when there is no usable one. */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000;
  const at = readDate(value);
  return at === undefined ? undefined : Math.max(0, at - (readDate(headers.get("date") ?? "") ?? Date.now()));
}

/** Reads an HTTP date in the one form that may still be sent (RFC 9110, 5.6.7). */
function readDate(value: string): number | undefined {
  const at = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
