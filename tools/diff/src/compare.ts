import { valueAt } from "@codegames/codec/json-pointer";
import { isJsonObject, type Json, type JsonObject } from "@codegames/codegen/document";
import { type Change, impacts } from "./change.ts";
import { type OperationFacts, readFacts, resolve, statusValues } from "./facts.ts";
import { rateOperation } from "./protocol-rules.ts";
import { type RedoclyChange, redoclyDiff } from "./redocly.ts";
import { spellAlike } from "./spelling.ts";

/** Lists every difference between two bundled contracts except that of their versions, the gravest first. */
export async function compareContracts(base: JsonObject, next: JsonObject): Promise<Change[]> {
  const { version } = base["info"] as { version: string };
  const sameVersion = { ...next, info: { ...(next["info"] as JsonObject), version } };
  if (printJson(base) === printJson(sameVersion)) return [];
  const [released, revision] = [spellAlike(base), spellAlike(sameVersion)];
  const [before, after] = [readFacts(released), readFacts(revision)];
  const protocolChanges = [...after].flatMap(([key, facts]) => {
    const known = before.get(key);
    return known ? rateOperation(known, facts) : [];
  });
  const facts = [...before.values(), ...after.values()];
  const otherChanges = (await redoclyDiff(printJson(released), printJson(revision))).filter(
    (change) => !isProtocolChange(change, facts) && !isNewStatus(change, revision, before),
  );
  const changes = [...removeRepeats(protocolChanges), ...otherChanges.flatMap(rateRedoclyChange)];
  if (changes.length === 0) changes.push(unrated);
  return changes.toSorted((a, b) => impacts.indexOf(a.impact) - impacts.indexOf(b.impact));
}

const unrated: Change = {
  pointer: "",
  impact: "patch",
  rule: "unrated",
  why:
    "the documents differ only where no rule looks, " +
    "such as in examples, the order of security or the digits of bounds beyond 2^53",
};

/** A change of a schema that several operations use is listed once. */
const removeRepeats = (changes: Change[]) => [
  ...new Map(changes.map((change) => [`${change.rule} ${change.pointer} ${change.why}`, change])).values(),
];

/** Whether `protocol-rules.ts` rates this place: a status, its outcome, or an extension that Redocly does not know. */
function isProtocolChange(change: RedoclyChange, facts: OperationFacts[]): boolean {
  const { path, property = "", verdicts, base, revision } = change;
  if (verdicts.length === 0)
    return /\/x-(outcome|echo|inquiry|status-queue|secret|decides)(\/|$)/.test(`${path}/${property}`);
  const place = (revision ?? base)?.pointer.slice(1) ?? "";
  return facts.some(({ statusSchemas }) =>
    statusSchemas.some((schema) => place === `${schema}/enum` || place === `${schema}/const`),
  );
}

const variantOfAnswer =
  /^#\/paths\/(?<path>[^/]+)\/(?<method>[a-z]+)\/responses\/(?<code>2\d\d)\/content\/[^/]+\/schema\/oneOf\/\d+$/;

/**
 * Whether the change is a new variant of an answer, every status of which is new: older clients cannot take it for a
 * variant that they know.
 */
function isNewStatus(
  { kind, path, revision }: RedoclyChange,
  root: JsonObject,
  released: Map<string, OperationFacts>,
): boolean {
  const place = variantOfAnswer.exec(path)?.groups;
  if (kind !== "added" || !place || !revision) return false;
  const operation = released.get(`${place["method"]} ${place["path"]?.replaceAll("~1", "/")}`);
  const pointer = revision.pointer.slice(1);
  const [, schema] = resolve(root, valueAt(root, pointer) as Json | undefined, pointer);
  const status = valueAt(root, `${schema}/properties/status`) as Json | undefined;
  const values = isJsonObject(status) ? statusValues(status) : [];
  return (
    operation !== undefined &&
    values.length > 0 &&
    values.every((value) => !operation.statuses.has(`${place["code"]} ${value}`))
  );
}

const constraints = new Set(
  (
    "type format required enum const pattern multipleOf additionalProperties minimum maximum exclusiveMinimum " +
    "exclusiveMaximum minLength maxLength minItems maxItems minProperties maxProperties"
  ).split(" "),
);

/**
 * Redocly 2.77 rates a change by what it does to a client that is older than its provider. This function adds the other
 * case: a provider that is older than its client breaks when a request becomes wider or an answer narrower.
 */
function rateRedoclyChange(change: RedoclyChange): Change[] {
  const { path, kind, impact, property = "", verdicts, base, revision } = change;
  const pointer = (revision ?? base)?.pointer.slice(1) ?? path.slice(1);
  if (verdicts.length > 0) {
    return verdicts.map(({ impact, ruleId, message }) => ({
      pointer,
      impact,
      rule: isLimitOfAnswerGone(change) ? "older-client" : ruleId,
      why: isLimitOfAnswerGone(change)
        ? `${message} A client of the last release refuses what is now allowed`
        : message,
    }));
  }
  const what = `${path.slice(1)}${property && `/${property}`} was ${kind}`;
  if (!breaksOlderProvider(change)) {
    return [{ pointer, impact, rule: kind === "modified" ? "changed" : kind, why: what }];
  }
  const values = `from ${JSON.stringify(base?.value)} to ${JSON.stringify(revision?.value)}`;
  const how = kind === "modified" ? `${what} ${values}` : what;
  return [{ pointer, impact: "major", rule: "older-provider", why: `${how}: ${describeBreak(change)}` }];
}

/** Whether an answer may now have values of any size, which Redocly rates, but does not say whom it breaks. */
const isLimitOfAnswerGone = ({ path, property = "", base, revision }: RedoclyChange): boolean =>
  path.includes("/responses/") &&
  /^(max|exclusiveMax)/.test(property) &&
  base !== undefined &&
  revision?.value === undefined;

function breaksOlderProvider({ path, kind, property = "" }: RedoclyChange): boolean {
  if (!/\/(requestBody|responses)\//.test(path)) return false;
  return constraints.has(property) || (kind === "removed" && /\/(oneOf|anyOf|allOf)\/\d+$/.test(path));
}

function describeBreak({ path, typeName }: RedoclyChange): string {
  if (typeName !== "Schema") return "one side of the last release relies on the old value";
  return path.includes("/requestBody/")
    ? "a provider of the last release refuses what is now allowed"
    : "a provider of the last release sends what is no longer allowed";
}

/** The text in which the contract is published: JSON in which an int64 keeps all its digits. */
export function printJson(root: JsonObject): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  const keepDigits = (_: string, value: unknown) => (typeof value === "bigint" ? rawJSON(String(value)) : value);
  return `${JSON.stringify(root, keepDigits, 2)}\n`;
}
