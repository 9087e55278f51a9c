import type { Json, JsonObject } from "@codegames/codegen/document";
import { type Change, impacts } from "./change.ts";
import { type OperationFacts, readFacts, resolve, valueAt } from "./facts.ts";
import { rateOperation } from "./protocol-rules.ts";
import { type RedoclyChange, redoclyDiff } from "./redocly.ts";

/** Every difference between two bundled contracts but that of their versions, the gravest first. */
export async function compareContracts(base: JsonObject, next: JsonObject): Promise<Change[]> {
  const revision = { ...next, info: { ...(next["info"] as JsonObject), version: (base["info"] as JsonObject)["version"]! } };
  const [baseText, revisionText] = [printJson(base), printJson(revision)];
  if (baseText === revisionText) return [];
  const [before, after] = [readFacts(base), readFacts(revision)];
  const ours = [...after].flatMap(([key, facts]) => {
    const released = before.get(key);
    return released ? rateOperation(released, facts) : [];
  });
  const facts = [...before.values(), ...after.values()];
  const theirs = (await redoclyDiff(baseText, revisionText)).filter((change) => !isOurs(change, facts) && !isNewStatus(change, revision, before));
  const changes = [...withoutRepeats(ours), ...theirs.flatMap(translate)];
  if (changes.length === 0) {
    const why = "the documents differ in places that no rule looks at, such as examples and the digits of bounds beyond 2^53";
    changes.push({ pointer: "", impact: "patch", rule: "unrated", why });
  }
  return changes.toSorted((a, b) => impacts.indexOf(a.impact) - impacts.indexOf(b.impact));
}

/** A schema that several operations use is changed once. */
const withoutRepeats = (changes: Change[]) => [...new Map(changes.map((change) => [`${change.rule} ${change.pointer} ${change.why}`, change])).values()];

/** Whether our own rules rate the place: statuses and their outcomes, and what no rule of redocly's knows. */
function isOurs({ path, property = "", verdicts, base, revision }: RedoclyChange, facts: OperationFacts[]): boolean {
  if (verdicts.length === 0) return /\/x-(outcome|echo|inquiry|status-queue|secret)(\/|$)/.test(`${path}/${property}`);
  const place = (revision ?? base)?.pointer.slice(1) ?? "";
  return facts.some(({ statusSchemas }) => statusSchemas.some((schema) => place === `${schema}/enum` || place === `${schema}/const`));
}

/** Whether the change is a variant of an answer that older clients never take for one of theirs: each status of it is new. */
function isNewStatus({ kind, path, revision }: RedoclyChange, root: JsonObject, released: Map<string, OperationFacts>): boolean {
  const place = /^#\/paths\/([^/]+)\/([a-z]+)\/responses\/(2\d\d)\/content\/[^/]+\/schema\/oneOf\/\d+$/.exec(path);
  if (kind !== "added" || !place || !revision) return false;
  const [, operationPath = "", method, code] = place;
  const statuses = released.get(`${method} ${operationPath.replaceAll("~1", "/")}`)?.statuses;
  const pointer = revision.pointer.slice(1);
  const [, schema] = resolve(root, valueAt(root, pointer), pointer);
  const status = valueAt(root, `${schema}/properties/status`) as { enum?: Json[]; const?: Json } | undefined;
  const values = status?.enum ?? (status?.const === undefined ? [] : [status.const]);
  return statuses !== undefined && values.length > 0 && values.every((value) => !statuses.has(`${code} ${value}`));
}

const constraints = /^(type|format|required|enum|const|pattern|multipleOf|additionalProperties|(exclusive)?(min|max)imum|(min|max)(Length|Items|Properties))$/;

/**
 * Redocly has clients in mind that are older than their provider, and calls harmless what only a provider that is older than
 * its client gets wrong: a wider request, a narrower answer.
 */
function translate(change: RedoclyChange): Change[] {
  const { path, typeName, kind, impact, property = "", verdicts, base, revision } = change;
  const pointer = (revision ?? base)?.pointer.slice(1) ?? path.slice(1);
  if (verdicts.length > 0) return verdicts.map(({ ruleId, impact, message }) => ({ pointer, impact, rule: ruleId, why: message }));
  const name = `${path.slice(1)}${property && `/${property}`}`;
  const how = kind === "modified" ? ` from ${JSON.stringify(base?.value)} to ${JSON.stringify(revision?.value)}` : "";
  const isMessage = /\/(requestBody|responses)\//.test(path);
  if (isMessage && (constraints.test(property) || (kind === "removed" && /\/(oneOf|anyOf|allOf)\/\d+$/.test(path)))) {
    const older = typeName !== "Schema" ? "one side of the last release relies on something else"
      : path.includes("/requestBody/") ? "a provider of the last release refuses what is now allowed"
      : "a provider of the last release sends what is no longer allowed";
    return [{ pointer, impact: "major", rule: "older-provider", why: `${name} was ${kind}${how}: ${older}` }];
  }
  return [{ pointer, impact, rule: kind === "added" ? "added" : kind === "removed" ? "removed" : "changed", why: `${name} was ${kind}` }];
}

/** As the contract is published: an int64 keeps all its digits. */
export function printJson(root: JsonObject): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return `${JSON.stringify(root, (_, value: unknown) => (typeof value === "bigint" ? rawJSON(String(value)) : value), 2)}\n`;
}
