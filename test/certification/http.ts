import { connect } from "node:net";

/** An answer of the provider under test, as plain HTTP. */
export interface Answer {
  code: number;
  headers: Headers;
  text: string;
  /** The JSON of the body; undefined when it is none. */
  body: any;
}

/** Calls a provider: nothing of this project's own client, so that the provider is judged by what is on the wire. */
export function callerOf(baseUrl: string, authorization: string | undefined) {
  const send = async (path: string, text: string | Uint8Array | undefined, init: { method?: string; type?: string } = {}): Promise<Answer> => {
    const { method = "POST", type = "application/json" } = init;
    const headers = { ...(authorization && { authorization }), ...(text !== undefined && { "content-type": type }) };
    const response = await fetch(baseUrl + path, { method, headers, redirect: "manual", ...(text !== undefined && { body: text as BodyInit }) });
    const answered = await response.text();
    return { code: response.status, headers: response.headers, text: answered, body: parse(answered) };
  };
  return {
    send,
    check: (productId: string) => send("/check", `{"product_id":${productId}}`),
    pay: (productId: string, price: string | number, txnId: string) =>
      send("/pay", `{"product_id":${productId},"price":${price},"txn_id":${JSON.stringify(txnId)}}`),
    status: (txnId: string) => send("/status", JSON.stringify({ txn_id: txnId })),
    /** Sends a pay and closes the socket at once. */
    abandon(productId: string, price: number, txnId: string): Promise<void> {
      const { hostname, port, pathname } = new URL(`${baseUrl}/pay`);
      const body = `{"product_id":${productId},"price":${price},"txn_id":${JSON.stringify(txnId)}}`;
      const head = [
        `POST ${pathname} HTTP/1.1`, `host: ${hostname}`, "content-type: application/json", `content-length: ${Buffer.byteLength(body)}`,
        ...(authorization ? [`authorization: ${authorization}`] : []), "", "",
      ].join("\r\n");
      return new Promise((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(head + body, () => socket.destroy()));
        socket.on("error", () => {});
        socket.on("close", () => resolve());
      });
    },
  };
}

export type Caller = ReturnType<typeof callerOf>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
