import type { AuthRefusalReason } from "@codegames/server";
import { created, digestOf, payOrder, type Unsigned } from "./signature-vector.ts";

const all = '"@method" "@path" "content-digest"';
const parameters = (text: string) => ({ parameters: `;${text}` });
const nothing = () => undefined;
const good = `created=${created};keyid="wallet"`;

/**
 * Requests that a provider refuses, by the step that fails. Each is right in all other steps, so the order in which an
 * implementation takes them does not matter.
 */
export const refusedForms: Record<string, Unsigned[]> = {
  "no-credentials": [
    { name: "no signature", sent: { headers: { "signature-input": nothing, signature: nothing } } },
    { name: "Signature-Input without Signature", sent: { headers: { signature: nothing } } },
    { name: "Signature without Signature-Input", sent: { headers: { "signature-input": nothing } } },
  ],
  "malformed-signature": [
    { name: "a parameter twice", ...parameters(`created=${created};${good}`) },
    { name: "a parameter twice, the right one last", ...parameters(`created=${created - 86_400};${good}`) },
    { name: "created as a text", ...parameters(`created="${created}";keyid="wallet"`) },
    { name: "keyid without quotes", ...parameters(`created=${created};keyid=wallet`) },
    { name: "a component twice", components: `${all} "@path"` },
    { name: "two spaces between components", components: '"@method"  "@path" "content-digest"' },
    {
      name: "the signature under another label",
      sent: { headers: { signature: (signed) => signed.replace("sig=", "other=") } },
    },
    {
      name: "a signature that is not base64",
      sent: { headers: { signature: (signed) => signed.replace("sig=:", "sig=:*") } },
    },
    { name: "noise", sent: { headers: { "signature-input": () => "keyId=wallet,algorithm=hmac-sha256" } } },
  ],
  "several-signatures": [
    {
      name: "two signatures",
      sent: {
        headers: {
          "signature-input": (signed) => `${signed}, proxy=("@method");${good}`,
          signature: (signed) => `${signed}, proxy=:${"A".repeat(43)}=:`,
        },
      },
    },
  ],
  "missing-parameter": [
    { name: "no time", ...parameters('keyid="wallet"') },
    { name: "no key id", ...parameters(`created=${created}`) },
  ],
  "wrong-algorithm": [
    { name: "another algorithm", ...parameters(`${good};alg="hmac-sha512"`) },
    { name: "no algorithm at all", ...parameters(`${good};alg="none"`) },
  ],
  "wrong-tag": [
    { name: "another tag", options: { tag: "codegames" }, ...parameters(`${good};tag="other"`) },
    { name: "no tag where one is demanded", options: { tag: "codegames" } },
  ],
  "missing-component": [
    { name: "the method is not covered", components: '"@path" "content-digest"' },
    { name: "the path is not covered", components: '"@method" "content-digest"' },
    { name: "the body is not covered", components: '"@method" "@path"' },
    { name: "nothing is covered", components: "" },
  ],
  "unknown-component": [
    { name: "a component of answers", components: `${all} "@status"`, signed: { "@status": "200" } },
    {
      name: "the authority, and the provider does not know its own",
      components: `${all} "@authority"`,
      signed: { "@authority": "hub.example" },
      headers: { host: "hub.example" },
    },
    {
      name: "a header as bytes",
      components: `${all} "x-shop";bs`,
      headers: { "x-shop": "7" },
      signed: { "x-shop;bs": ":Nw==:" },
    },
  ],
  "missing-header": [{ name: "a header that is not there", components: `${all} "x-shop"`, signed: { "x-shop": "" } }],
  "created-too-old": [
    { name: "made 301 s ago", now: created + 301 },
    {
      name: "made a day ago, and another time inside a text",
      ...parameters(`tag=";created=${created}";created=${created - 86_400};keyid="wallet"`),
    },
    { name: "made 11 s ago where 10 are allowed", now: created + 11, options: { toleranceSeconds: 10 } },
  ],
  "created-in-future": [{ name: "made 301 s ahead of the provider's clock", now: created - 301 }],
  expired: [{ name: "an end that has come", ...parameters(`${good};expires=${created}`) }],
  "malformed-digest": [
    { name: "the digest of RFC 3230", digest: digestOf("sha-256", payOrder).replaceAll(":", "") },
    { name: "a hash twice", digest: [payOrder, payOrder].map((body) => digestOf("sha-256", body)).join(", ") },
  ],
  "unsupported-digest": [{ name: "only a hash that is not known", digest: digestOf("md5", payOrder) }],
  "wrong-digest": [
    { name: "another body", sent: { body: payOrder.replace("50000", "5") } },
    { name: "no body", sent: { body: "" } },
    { name: "one right hash, one wrong", digest: `${digestOf("sha-256", payOrder)}, ${digestOf("sha-512", "")}` },
    { name: "an empty hash", digest: "sha-256=::" },
  ],
  "unknown-key": [{ name: "a key id that nobody has", keyId: "nobody", signedBy: "wallet" }],
  "wrong-signature": [
    { name: "another secret", signedBy: "bank" },
    { name: "an empty signature", sent: { headers: { signature: () => "sig=::" } } },
    { name: "a signature cut short", sent: { headers: { signature: (signed) => `${signed.slice(0, 25)}:` } } },
    { name: "another method", sent: { method: "PUT" } },
    { name: "another path", sent: { url: "https://hub.example/api/check" } },
    { name: "a path whose prefix the proxy took away", sent: { url: "https://hub.example/pay" } },
    { name: "another digest", sent: { headers: { "content-digest": () => digestOf("sha-512", payOrder) } } },
    {
      name: "another header",
      components: `${all} "x-shop"`,
      headers: { "x-shop": "7" },
      sent: { headers: { "x-shop": () => "8" } },
    },
    {
      name: "the authority of another provider, and a Host that says so",
      options: { publicOrigin: "https://hub.example" },
      components: `${all} "@authority"`,
      signed: { "@authority": "other.example" },
      headers: { host: "other.example", "x-forwarded-host": "other.example" },
    },
  ],
} satisfies Partial<Record<AuthRefusalReason, Unsigned[]>>;
