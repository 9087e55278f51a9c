import { type AuthRefusal, quote, refused } from "./auth-refusal.ts";
import { type HandlerRequest, headerOf } from "./http.ts";

/** A signature as the request carries it (RFC 9421, 4). Nothing of it is checked against the request. */
export interface SignatureInput {
  /** The identifiers of the covered components, in order, such as `"@path"` with its quotes. */
  readonly components: readonly string[];
  /** The value of `@signature-params`: components and parameters as they were sent. */
  readonly parametersText: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** Unix time in seconds; `Infinity` when the signature has no end. */
  readonly expires: number;
  readonly keyId: string;
  readonly algorithm: string | undefined;
  readonly tag: string | undefined;
  readonly signature: Buffer;
}

// The grammar of RFC 8941, in the one form in which it serializes (4.1). The signer signed its own text, and another
// form of the same value would be another text.
const key = "[a-z*][a-z0-9_.*-]*";
const bytes = ":[A-Za-z0-9+/]*={0,2}:";
const string = '"(?:[ !#-\\[\\]-~]|\\\\["\\\\])*"';
const bareItem = `(?:${string}|-?\\d{1,15}(?:\\.\\d{1,3})?|[A-Za-z*][\\w!#$%&'*+.^\`|~:/-]*|${bytes}|\\?[01])`;
const parameter = `;${key}(?:=${bareItem})?`;
const component = `${string}(?:${parameter})*`;
const innerList = `\\((?:${component}(?: ${component})*)?\\)`;

const inputMember = new RegExp(`^(${key})=((${innerList})((?:${parameter})*))(?: *,.*)?$`);
const signatureMember = new RegExp(`^(${key})=(${bytes})$`);
const eachComponent = new RegExp(component, "g");
const eachParameter = new RegExp(`;(${key})(?:=(${bareItem}))?`, "g");

/** Reads the only signature of a request. */
export function readSignatureInput(request: HandlerRequest): SignatureInput | { refusal: AuthRefusal } {
  const inputHeader = headerOf(request, "signature-input")?.trim();
  const signatureHeader = headerOf(request, "signature")?.trim();
  if (!inputHeader) return refused("no-credentials", "the request has no header Signature-Input");
  if (!signatureHeader) return refused("no-credentials", "the request has no header Signature");
  const input = inputMember.exec(inputHeader);
  if (!input) return malformed("Signature-Input must be one list of components with parameters, as RFC 8941 writes it");
  const [, label = "", parametersText = "", list = "", parameters = ""] = input;
  if (inputHeader !== `${label}=${parametersText}`) {
    return refused("several-signatures", "Signature-Input must have one signature, has more");
  }
  const [, signatureLabel, base64 = ""] = signatureMember.exec(signatureHeader) ?? [];
  if (signatureLabel !== label) return malformed(`Signature must be ${quote(label)} and =:base64:`);
  const components: readonly string[] = list.match(eachComponent) ?? [];
  const seen = new Set<string>();
  for (const each of components) {
    if (seen.has(each)) return malformed(`component ${quote(each)} is repeated`);
    seen.add(each);
  }
  const signature = Buffer.from(base64, "base64");
  return readParameters(parameters, { components, parametersText, signature });
}

function readParameters(
  text: string,
  rest: Pick<SignatureInput, "components" | "parametersText" | "signature">,
): SignatureInput | { refusal: AuthRefusal } {
  const values = new Map<string, number | string | undefined>();
  for (const [, name = "", item = ""] of text.matchAll(eachParameter)) {
    if (values.has(name)) return malformed(`parameter ${quote(name)} is repeated`);
    const type = parameterTypes.get(name);
    const value = itemValue(item);
    if (type !== undefined && typeof value !== type) {
      return malformed(`parameter ${name} must be ${type === "number" ? "an integer" : "a text in quotes"}`);
    }
    values.set(name, value);
  }
  const [created, keyid] = [values.get("created"), values.get("keyid")];
  if (created === undefined) return refused("missing-parameter", "the signature has no created");
  if (keyid === undefined) return refused("missing-parameter", "the signature has no keyid");
  return {
    ...rest,
    created: created as number,
    expires: (values.get("expires") ?? Infinity) as number,
    keyId: keyid as string,
    algorithm: values.get("alg") as string | undefined,
    tag: values.get("tag") as string | undefined,
  };
}

/** The parameters that RFC 9421 (2.3) defines. Others are signed too, and mean nothing here. */
const parameterTypes: ReadonlyMap<string, "number" | "string"> = new Map([
  ["created", "number"],
  ["expires", "number"],
  ["keyid", "string"],
  ["alg", "string"],
  ["nonce", "string"],
  ["tag", "string"],
]);

/** The value of an integer or a string; undefined for the other types of RFC 8941. */
function itemValue(item: string): number | string | undefined {
  if (/^-?\d+$/.test(item)) return Number(item);
  return item.startsWith('"') ? item.slice(1, -1).replaceAll(/\\(["\\])/g, "$1") : undefined;
}

const malformed = (detail: string) => refused("malformed-signature", detail);
