import type { DriftKind } from "./drift.ts";

/** The ways in which the answer of a call goes wrong. */
export type FaultKind =
  | "http-500"
  | "http-502"
  | "http-503"
  | "http-504"
  | "http-429"
  | "http-408"
  | "http-421"
  | "redirect"
  | "html"
  | "empty"
  | "cut"
  | "drip"
  | "drop"
  | "reset"
  | "hang"
  | "unlisted-status"
  | "wrong-product"
  | "missing-key"
  | "duplicate"
  | "not-found"
  | "canceled"
  | "sent-twice"
  | DriftKind;

/** Every kind of fault, with its effect on a call. */
export const faultKinds: Readonly<Record<FaultKind, string>> = {
  "http-500": "HTTP 500 with problem details",
  "http-502": "HTTP 502 with HTML, as from a proxy",
  "http-503": "HTTP 503 with Retry-After: 1",
  "http-504": "HTTP 504 with HTML, as from a proxy",
  "http-429": "HTTP 429 with Retry-After: 5",
  "http-408": "HTTP 408 with HTML, after which some runtimes send the request again",
  "http-421": "HTTP 421 with HTML, after which some runtimes send the request again",
  redirect: "HTTP 307 to the same path",
  html: "HTTP 200 with HTML",
  empty: "HTTP 200 without a body",
  cut: "the answer, without its last bytes",
  drip: "the answer, a byte a second",
  drop: "the connection is closed without an answer",
  reset: "the connection is reset without an answer",
  hang: "no answer, and the connection stays open",
  "unlisted-status": "the answer with the status PENDING, which the contract does not list",
  "wrong-product": "the answer about the next product id",
  "missing-key": "the answer without a product key",
  duplicate: "TXN_DUPLICATE",
  "not-found": "TXN_NOT_FOUND",
  canceled: "TXN_CANCELED",
  "sent-twice": "the answer, and once more in front of the next answer on the same connection",
  "bare-ok": '{"status":"OK"}, as from the health page of a gateway',
  "empty-arrays": "the answer with [] for empty objects, as PHP writes them",
  nulls: "the answer with null for every member that it does not have, as Java writes it",
  "zero-values": "the answer with empty texts and zeros in what decides nothing, as Go writes it",
  "other-literals": "the answer with product id and prices in quotes, and a number for partner_txn_id",
  "numeric-key": "the answer with a number of 20 digits for the product key",
  "object-key": "the answer with an object for the product key",
  "windows-1251": "the answer in windows-1251, as its Content-Type says, with a Russian comment",
  "php-warning": "the answer after a warning of PHP",
  gzip: "the answer compressed with gzip, as its Content-Encoding says",
};

/** A fault of one call. */
export interface Fault {
  kind: FaultKind;
  /** Whether the call is served before its answer goes wrong: for `pay`, whether the product is sold. */
  isServed: boolean;
}

/** A product whose calls go wrong. */
export interface MagicProduct {
  id: bigint;
  name: string;
  /** The fault of the first pay of each transaction; a repeat is served well. */
  pay: Fault;
  /** The fault of the first `times` calls of `status`; then the truth. */
  status?: { fault: Fault; times: number };
}

const sold = (kind: FaultKind): Fault => ({ kind, isServed: true });
const asked = (kind: FaultKind, times: number) => ({ fault: { kind, isServed: false }, times });
/** A provider that writes every answer so. */
const always = (kind: FaultKind) => ({ pay: sold(kind), status: { fault: sold(kind), times: Infinity } });

/** The products whose id asks for a fault. */
export const magicProducts: readonly MagicProduct[] = [
  { id: 1001n, name: "Sold, then HTTP 500", pay: sold("http-500") },
  { id: 1002n, name: "Sold, then the connection is closed", pay: sold("drop") },
  { id: 1003n, name: "Sold, then the connection is reset", pay: sold("reset") },
  { id: 1004n, name: "Sold, then no answer", pay: sold("hang") },
  { id: 1005n, name: "Sold, then a body that is cut short", pay: sold("cut") },
  { id: 1006n, name: "Sold, then HTML under HTTP 200", pay: sold("html") },
  { id: 1007n, name: "Sold, then a byte a second", pay: sold("drip") },
  { id: 1008n, name: "Not sold, and HTTP 500", pay: { kind: "http-500", isServed: false } },
  { id: 1009n, name: "Sold, and TXN_DUPLICATE to the first pay", pay: sold("duplicate") },
  {
    id: 1010n,
    name: "Sold, then HTTP 502; status is HTTP 503 three times, then OK",
    pay: sold("http-502"),
    status: asked("http-503", 3),
  },
  {
    id: 1011n,
    name: "Sold, then HTTP 504; status is TXN_NOT_FOUND three times, then OK",
    pay: sold("http-504"),
    status: asked("not-found", 3),
  },
  {
    id: 1012n,
    name: "Sold, then HTTP 500; status is TXN_CANCELED ever after",
    pay: sold("http-500"),
    status: asked("canceled", Infinity),
  },
  { id: 1013n, name: "Not sold, and HTTP 429 with Retry-After", pay: { kind: "http-429", isServed: false } },
  { id: 1014n, name: "Sold, and a status that the contract does not list", pay: sold("unlisted-status") },
  { id: 1015n, name: "Sold, and the answer is about another product", pay: sold("wrong-product") },
  { id: 1016n, name: "Sold, and the answer has no key", pay: sold("missing-key") },
  { id: 1017n, name: "Sold, then a redirect", pay: sold("redirect") },
  { id: 1019n, name: "Sold, with [] for empty objects, in status too", ...always("empty-arrays") },
  { id: 1020n, name: "Sold, with nulls for what is absent, in status too", ...always("nulls") },
  { id: 1021n, name: "Sold, with empty texts and zeros, in status too", ...always("zero-values") },
  { id: 1022n, name: "Sold, with numbers in quotes and a numeric id, in status too", ...always("other-literals") },
  { id: 1023n, name: "Sold, and the key is a number of 20 digits", pay: sold("numeric-key") },
  { id: 1024n, name: "Sold, and the key is an object", pay: sold("object-key") },
  { id: 1025n, name: "Sold, in windows-1251, in status too", ...always("windows-1251") },
  { id: 1026n, name: "Sold, and a warning of PHP before the answer", pay: sold("php-warning") },
  { id: 1027n, name: "Sold, and the answer is compressed with gzip", pay: sold("gzip") },
  { id: 1028n, name: 'Not sold, and only {"status":"OK"}', pay: { kind: "bare-ok", isServed: false } },
  { id: 1029n, name: "Sold, and the answer comes once more before the next one", pay: sold("sent-twice") },
];

/** A product that takes 2 s to sell. Meanwhile its `status` is HTTP 503. */
export const slowProduct = { id: 1018n, name: "Takes 2 s to sell; status is HTTP 503 meanwhile", sellMs: 2000 };
