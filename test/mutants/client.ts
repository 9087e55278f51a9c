// Long, because it is one table: each fault of the client that would cost money.
/** A fault to seed: text that occurs once in a source file, and its replacement. */
export interface Mutant {
  name: string;
  /** Part of the name of the unit test that is known to notice the fault; it runs first. */
  test?: string;
  file: string;
  from: string;
  to: string;
}

/** The `fetch` call of exchange.ts, made to send the body a second time. */
const fetchAgain = "fetch(url, { ...init, body: text ?? null, duplex: undefined })";

/** Members of a result that trusts a body off contract. */
const offContract = "status, body: undefined, httpStatus: answer.httpStatus";

/** Faults that would cost a merchant or a customer money. */
export const clientMutants: Mutant[] = [
  { name: "follow redirects", file: "prepared-request.ts", from: 'redirect: "manual"', to: 'redirect: "follow"' },
  { name: "take a redirect for its body", file: "classify.ts", from: "if (answer.isRedirect)", to: "if (false)" },
  {
    name: "send a body that fetch can send twice (421)",
    file: "request-body.ts",
    from: "if (!isStream) return;",
    to: "return;",
  },
  {
    name: "try once more when the connection breaks",
    file: "exchange.ts",
    from: "withWebBody(await fetch(url, init))",
    to: `withWebBody(await ${fetchAgain}.catch(() => ${fetchAgain}))`,
  },
  {
    name: "try once more after HTTP 503",
    file: "exchange.ts",
    from: "const response = withWebBody(await fetch(url, init));",
    to: `const first = await ${fetchAgain}; ` + `const response = first.status === 503 ? await ${fetchAgain} : first;`,
  },
  {
    name: "read 5xx as rejected when the body says so",
    file: "classify.ts",
    from: "httpStatus < 500 && isRefusal",
    to: "httpStatus < 600 && isRefusal",
  },
  {
    name: "read OK under 4xx as succeeded",
    file: "classify.ts",
    from: "&& isRefusal(verdict)) return verdict",
    to: ") return verdict",
  },
  {
    name: "read every code by its body",
    file: "classify.ts",
    from: "if (httpStatus >= 200 && httpStatus < 300) return verdict;",
    to: "return verdict;",
  },
  {
    name: "refuse documented refusals under 4xx",
    file: "classify.ts",
    from: 'verdict.outcome === "rejected" ||',
    to: "",
  },
  { name: "take 429 for a refused request", file: "classify.ts", from: "413, 415, 422]", to: "413, 415, 422, 429]" },
  {
    name: "take OK under 4xx for a refused request",
    file: "classify.ts",
    from: "status === undefined && refusedRequest",
    to: "refusedRequest",
  },
  {
    name: "read TXN_DUPLICATE as rejected",
    file: "classify.ts",
    from: 'if (outcome !== "unknown") return { outcome, status',
    to: 'if (true) return { outcome: outcome === "unknown" ? "rejected" : outcome, status',
  },
  {
    name: "read a status that is not listed as rejected",
    file: "classify.ts",
    from: 'return unknown("unrecognised-status", detail, { ...answer, status });',
    to: `return { outcome: "rejected", ${offContract} };`,
  },
  {
    name: "trust the status of a body that is off contract",
    file: "classify.ts",
    from: 'return unknown("malformed", detail, { ...answer, status });',
    to: `return { outcome: status === "OK" ? "succeeded" : "rejected", ${offContract} };`,
  },
  {
    name: "look a status up in the prototype",
    file: "classify.ts",
    from: "!Object.hasOwn(outcomes, status)) {",
    to: "!(status in outcomes)) {",
  },
  { name: "deliver another product", file: "classify.ts", from: "if (!echo) return true;", to: "return true;" },
  {
    name: "compare product ids as doubles",
    file: "classify.ts",
    from: "`${answered as bigint}` === `${member(request, echo.property) as bigint}`",
    to: "Number(answered) === Number(member(request, echo.property))",
  },
  {
    name: "take a timeout for not sent",
    file: "classify.ts",
    from: 'return unknown("timeout",',
    to: 'return notSent("unreachable",',
  },
  {
    name: "take every broken connection for not sent",
    file: "classify.ts",
    from: "if (httpStatus === undefined && isUnreachable(error))",
    to: "if (httpStatus === undefined)",
  },
  {
    name: "take a body that breaks for not sent",
    file: "classify.ts",
    from: "if (httpStatus === undefined && isUnreachable(error))",
    to: "if (isUnreachable(error))",
  },
  {
    name: "take a reset for not sent",
    file: "unreachable.ts",
    from: '"ECONNREFUSED",',
    to: '"ECONNREFUSED", "ECONNRESET", "UND_ERR_SOCKET",',
  },
  {
    name: "take a refused connection for unknown",
    file: "classify.ts",
    from: "if (httpStatus === undefined && isUnreachable(error))",
    to: "if (false)",
  },
  {
    name: "take an abort after the hand-over for not sent",
    file: "classify.ts",
    from: "if (!isHandedOver)",
    to: 'if (!isHandedOver || cutoff === "aborted")',
  },
  { name: "send although the caller aborted", file: "exchange.ts", from: "signal.throwIfAborted();", to: "" },
  { name: "set no deadline", file: "deadline.ts", from: "giveUp = reject;", to: "" },
  {
    name: "read bodies without a limit",
    file: "response-body.ts",
    from: "if (received.size > maxBodyBytes)",
    to: "if (received.size > Infinity)",
  },
  {
    name: "repair bytes that are not UTF-8",
    file: "charset.ts",
    from: '"utf-8", { fatal: true',
    to: '"utf-8", { fatal: false',
  },
  { name: "drop two byte order marks", file: "charset.ts", from: "ignoreBOM: true", to: "ignoreBOM: false" },
  {
    name: "send what the contract does not allow",
    file: "call.ts",
    from: "if (encoded && !encoded.ok) return classifyIssue(operation, encoded.issue);",
    to: "",
  },
  {
    name: "send without credentials when they fail",
    file: "exchange.ts",
    from: "await authenticate({ method, url, body: text, signal })",
    to: "await Promise.resolve().then(() => authenticate({ method, url, body: text, signal })).catch(() => ({}))",
  },
  {
    name: "send a pay over a connection that carried an answer before",
    file: "exchange.ts",
    from: "if (operation.inquiry) init.needsOwnConnection = true;",
    to: "",
  },
  {
    name: "keep the connection of a pay for the next one",
    file: "undici.ts",
    from: "if (!init.needsOwnConnection) return",
    to: "return",
  },
  {
    name: "take a refusal for final where a request can be sent twice",
    file: "call.ts",
    from: "settings.mayRepeatRequests ? withholdRefusal(sending.operation, kept) : kept",
    to: "kept",
  },
  {
    name: "count on a runtime that nobody tried to send once",
    file: "runtime.ts",
    from: "return !(needsStreams()",
    to: "return !(true || needsStreams()",
  },
  {
    name: "send [object ReadableStream] through node-fetch",
    file: "request-body.ts",
    from: "value: () => text",
    to: "value: () => Object.prototype.toString.call(stream)",
  },
  {
    name: "hand the hub the baggage of the application",
    file: "opentelemetry.ts",
    from: "if (/^trace(parent|state)$/i.test(key)) ",
    to: "",
  },
  {
    name: "take any name below localhost for this machine",
    file: "base-url.ts",
    from: 'hostname === "localhost"',
    to: 'hostname.endsWith("localhost")',
  },
  {
    name: "send a text through undici, which can send it twice",
    file: "undici.ts",
    from: "body: body ?? null,",
    to: "body: body ? await new Response(body).text() : null,",
  },
  {
    name: "compare the answer with the caller's object, not a copy of it",
    file: "call.ts",
    from: "isObject(given) ? { ...given } : given",
    to: "given",
  },
  { name: "take a Map for headers", file: "exchange.ts", from: " || Symbol.iterator in credentials", to: "" },
  {
    name: "send a call with the headers of the one before",
    file: "exchange.ts",
    from: "new Headers(same.headers)",
    to: "same.headers",
  },
  {
    name: "let the request outlive the call",
    file: "exchange.ts",
    from: "{ ...same, headers, signal }",
    to: "{ ...same, headers }",
  },
  {
    name: "keep listening to the caller's signal",
    file: "deadline.ts",
    from: 'callerSignal?.removeEventListener("abort", onAbort);',
    to: 'callerSignal?.removeEventListener("abort", () => {});',
  },
  {
    name: "send the length in characters",
    file: "request-body.ts",
    from: "String(bytes.byteLength)",
    to: "String(text.length)",
  },
  { name: "take an opaque redirect for an answer", file: "exchange.ts", from: 'type === "opaqueredirect" ||', to: "" },
  { name: "hand the caller's own result to hooks", file: "call.ts", from: "result: copyOf(result)", to: "result" },
  {
    name: "let a hook break the call",
    file: "hooks.ts",
    from: "Promise.resolve(hook()).catch(() => {});",
    to: "void hook();",
  },
  {
    name: "read every charset as UTF-8",
    file: "charset.ts",
    from: "Object.hasOwn(decoders, charset) ? decoders[charset]",
    to: "Object.hasOwn(decoders, charset) ? decoders.utf8",
  },
  { name: "take the first of two charsets", file: "charset.ts", from: "second === undefined && ", to: "" },
  { name: "show the body that is kept in clear", file: "unread.ts", from: "body: conceal(", to: "body: (" },
  {
    name: "keep the credentials that a provider repeats",
    file: "unread.ts",
    from: "for (const secret of secrets) mask(bytes, secret);",
    to: "",
  },
  {
    name: "keep bodies without a limit",
    file: "unread.ts",
    from: "const maxBytes = 65_536;",
    to: "const maxBytes = 1e9;",
  },
  {
    name: "take the answer to another purchase",
    file: "references.ts",
    from: "return known !== transaction && operation.inquiry !== undefined;",
    to: "return false;",
  },
  {
    name: "remember the identifier of another purchase as one's own",
    file: "references.ts",
    from: "if (known !== undefined) return known",
    to: "this.#known.set(key, transaction);\n    if (known !== undefined) return known",
  },
  {
    name: "believe an answer whose product cannot be read",
    file: "classify.ts",
    from: "drift.isEchoUnread || ",
    to: "",
  },
  {
    name: "believe a refusal with the key of a sale",
    file: "classify.ts",
    from: 'drift.isContradictory && outcome !== "succeeded"',
    to: "false",
  },
  {
    name: "drop the body that may hold the only key",
    file: "call.ts",
    from: "isUnread || lacksSecret ||",
    to: "isUnread ||",
  },
];
