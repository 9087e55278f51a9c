import { type AuthRefusal, quote, refused } from "./auth-refusal.ts";
import { type HandlerRequest, headerOf, originForm } from "./http.ts";
import type { SignatureInput } from "./signature-input.ts";

/** Every signature must cover these components (interpretation E1). It may cover more. */
const requiredComponents = ['"@method"', '"@path"', '"content-digest"'];

/** Builds the text that was signed (RFC 9421, 2.5). */
export function signatureBase(
  request: HandlerRequest,
  { components, parametersText }: SignatureInput,
  publicOrigin: URL | undefined,
): { text: string } | { refusal: AuthRefusal } {
  const missing = requiredComponents.find((each) => !components.includes(each));
  if (missing) return refused("missing-component", `the signature must cover ${missing}`);
  const lines: string[] = [];
  for (const component of components) {
    const value = componentOf(request, component, publicOrigin);
    if (typeof value !== "string") return value;
    lines.push(`${component}: ${value}\n`);
  }
  return { text: `${lines.join("")}"@signature-params": ${parametersText}` };
}

/** Finds the value of a component. One with parameters, such as `"x";bs`, is not known. */
function componentOf(
  request: HandlerRequest,
  component: string,
  publicOrigin: URL | undefined,
): string | { refusal: AuthRefusal } {
  const [, name] = /^"([^"\\]+)"$/.exec(component) ?? [];
  const derived = derivedComponents[component];
  if (derived) return derived(request);
  const ofOrigin = originComponents[component];
  if (ofOrigin && publicOrigin) return ofOrigin(publicOrigin, request);
  if (ofOrigin) return refused("unknown-component", `${component} is known with the option publicOrigin only`);
  if (name === undefined || name.startsWith("@")) {
    return refused("unknown-component", `the signature covers ${quote(component)}, which is not known here`);
  }
  return (
    headerOf(request, name)?.trim() ??
    refused("missing-header", `the signature covers ${quote(name)}, and the request has no such header`)
  );
}

/** RFC 9421, 2.2: what the request says of itself. */
const derivedComponents: Readonly<Record<string, (request: HandlerRequest) => string>> = {
  '"@method"': ({ method }) => method,
  '"@request-target"': ({ path, target = path }) => target,
  '"@path"': (request) => splitTarget(request).path,
  '"@query"': (request) => splitTarget(request).query,
};

/** RFC 9421, 2.2: what only the operator knows for sure. `Host` and `X-Forwarded-*` are the word of the sender. */
const originComponents: Readonly<Record<string, (publicOrigin: URL, request: HandlerRequest) => string>> = {
  '"@scheme"': ({ protocol }) => protocol.slice(0, -1),
  '"@authority"': ({ host }) => host,
  '"@target-uri"': ({ origin }, { path, target = path }) => origin + originForm(target),
};

/** An absent query counts as an empty one (RFC 9421, 2.2.7). */
function splitTarget(request: HandlerRequest): { path: string; query: string } {
  const sent = originForm(request.target ?? request.path);
  const at = sent.indexOf("?");
  return at === -1 ? { path: sent, query: "?" } : { path: sent.slice(0, at), query: sent.slice(at) };
}
