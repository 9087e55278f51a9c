/** The provider, the request and the shortcuts that the tests of the handler share. */
import { createHandler, type Handler, type HandlerOptions, type HandlerRequest, type Provider } from "./index.ts";

export const provider: Provider = {
  check: async () => ({ status: "PRODUCT_NOT_FOUND" }),
  pay: ({ product_id }) => ({
    status: "OK",
    partner_txn_id: "W5",
    product: { id: product_id, name: "Card", productKey: "KEY-1" },
  }),
  status: () => ({ status: "TXN_NOT_FOUND" }),
};

export const order = '{"product_id":9007199254740993,"price":50000,"txn_id":"A-17"}';

export const handlerOf = (methods: Partial<Provider> = {}, options: Partial<HandlerOptions> = {}): Handler =>
  createHandler({ ...provider, ...methods }, { auth: "none", ...options });

export const post = (body: string | Uint8Array = order, changes: Partial<HandlerRequest> = {}): HandlerRequest => ({
  method: "POST",
  path: "/pay",
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  ...changes,
});

/** A method that throws. */
export const throwing = (error: Error) => (): never => {
  throw error;
};

export const problemOf = ({ body }: { body: string | Uint8Array }) => JSON.parse(String(body));
