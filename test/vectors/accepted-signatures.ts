import { created, digestOf, payOrder, type Unsigned } from "./signature-vector.ts";

/** Requests in the form of the contract: the one that every signer must be able to write. */
export const contractForm: Unsigned[] = [
  { name: "a pay" },
  { name: "a check", url: "https://hub.example/api/check", body: '{"product_id":9007199254740993}' },
  { name: "a status whose txn_id is not ASCII", url: "https://hub.example/status", body: '{"txn_id":"ы-17"}' },
  { name: "a port in the base URL, which is not signed", url: "https://hub.example:8443/pay" },
  { name: "a query, which is not signed", url: "https://hub.example/api/pay?shop=7" },
  { name: "a path with escapes, which stay as they are", url: "https://hub.example/%D1%8B/a%2Fb/pay" },
  { name: "no body: the digest of no bytes", url: "https://hub.example/balance", body: "" },
  { name: "a secret that is not ASCII", keyId: "bank" },
  { name: "a secret longer than a block of SHA-256", keyId: "kiosk" },
  { name: "a secret of bytes that are no text", keyId: "bytes" },
];

const publicOrigin = { publicOrigin: "https://hub.example" };
const all = '"@method" "@path" "content-digest"';
const query = { url: "https://hub.example/api/pay?shop=7" };

/** Other forms that a provider takes too. */
export const otherForms: Unsigned[] = [
  { name: "another label", label: "sig1" },
  { name: "no algorithm", parameters: `;created=${created};keyid="wallet"` },
  { name: "parameters in another order", parameters: `;alg="hmac-sha256";keyid="wallet";created=${created}` },
  {
    name: "a nonce and an end that has not come",
    parameters: `;created=${created};expires=${created + 1};nonce="b3k2";keyid="wallet"`,
  },
  { name: "a parameter that RFC 9421 does not know", parameters: `;created=${created};keyid="wallet";shop=7;test` },
  { name: "made 300 s ago", now: created + 300 },
  { name: "made 300 s ahead of the provider's clock", now: created - 300 },
  {
    name: "a header, and the components in another order",
    components: '"content-digest" "x-shop" "@path" "@method"',
    headers: { "x-shop": "7" },
  },
  { name: "sha-512", digest: digestOf("sha-512", payOrder) },
  { name: "both hashes", digest: `${digestOf("sha-512", payOrder)}, ${digestOf("sha-256", payOrder)}` },
  {
    name: "a hash that is not known beside one that is",
    digest: `${digestOf("md5", "")}, ${digestOf("sha-256", payOrder)}`,
  },
  { name: "the query", ...query, components: `${all} "@query"`, signed: { "@query": "?shop=7" } },
  { name: "the query, where there is none", components: `${all} "@query"`, signed: { "@query": "?" } },
  {
    name: "the request target",
    ...query,
    components: `${all} "@request-target"`,
    signed: { "@request-target": "/api/pay?shop=7" },
  },
  {
    name: "the authority",
    options: publicOrigin,
    components: `${all} "@authority"`,
    signed: { "@authority": "hub.example" },
  },
  {
    name: "the authority with a port that is not the scheme's",
    options: { publicOrigin: "https://hub.example:8443" },
    url: "https://hub.example:8443/pay",
    components: `${all} "@authority"`,
    signed: { "@authority": "hub.example:8443" },
  },
  {
    name: "scheme and target URI, from a host that the proxy renamed",
    ...query,
    options: publicOrigin,
    components: `${all} "@scheme" "@target-uri"`,
    signed: { "@scheme": "https", "@target-uri": "https://hub.example/api/pay?shop=7" },
    sent: { url: "http://10.0.0.7:8080/api/pay?shop=7" },
  },
  {
    name: "the tag that is demanded",
    options: { tag: "codegames" },
    parameters: `;created=${created};keyid="wallet";tag="codegames"`,
  },
];
