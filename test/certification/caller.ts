import { connect } from "node:net";

// oxlint-disable-next-line typescript/no-explicit-any -- any JSON that a provider may send; cases assert on members
export type Json = any;

/** An answer of the provider under test, as plain HTTP. */
export interface Answer {
  /** The path below the base URL that was called. */
  path: string;
  code: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when the body is not JSON. */
  body: Json;
}

/** How a caller sends a request. */
interface SendOptions {
  /** @default "POST" */
  method?: string;
  /** Media type of the request body. @default "application/json" */
  type?: string;
}

export type Caller = ReturnType<typeof createCaller>;

/**
 * Calls a provider with plain HTTP, not with this project's client, so that only the wire counts. `record` gets every
 * answer.
 */
export function createCaller(
  baseUrl: string,
  authorization: string | undefined,
  record: (answer: Answer) => void = () => {},
) {
  const send = async (path: string, text: string | Uint8Array | undefined, options?: SendOptions): Promise<Answer> => {
    const answer = { path, ...(await request(baseUrl + path, authorization, text, options)) };
    record(answer);
    return answer;
  };
  return {
    send,
    check: (productId: string) => send("/check", `{"product_id":${productId}}`),
    pay: (productId: string, price: string | number, txnId: string) => send("/pay", payBody(productId, price, txnId)),
    status: (txnId: string) => send("/status", JSON.stringify({ txn_id: txnId })),
    /** Sends a pay and closes the socket at once. */
    abandonPay: (productId: string, price: number, txnId: string) =>
      sendAndClose(new URL(`${baseUrl}/pay`), authorization, payBody(productId, price, txnId)),
  };
}

/** Written by hand, so that ids and prices keep every digit of their text. */
const payBody = (productId: string, price: string | number, txnId: string) =>
  `{"product_id":${productId},"price":${price},"txn_id":${JSON.stringify(txnId)}}`;

async function request(
  url: string,
  authorization: string | undefined,
  text: string | Uint8Array | undefined,
  { method = "POST", type = "application/json" }: SendOptions = {},
): Promise<Omit<Answer, "path">> {
  const headers = { ...(authorization && { authorization }), ...(text !== undefined && { "content-type": type }) };
  const body = text !== undefined && { body: text as BodyInit };
  const response = await fetch(url, { method, headers, redirect: "manual", ...body });
  const answered = await response.text();
  return { code: response.status, headers: response.headers, text: answered, body: parse(answered) };
}

function sendAndClose(
  { hostname, port, pathname }: URL,
  authorization: string | undefined,
  body: string,
): Promise<void> {
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${hostname}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...(authorization ? [`authorization: ${authorization}`] : []),
    "",
    "",
  ].join("\r\n");
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(head + body, () => socket.destroy()));
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
