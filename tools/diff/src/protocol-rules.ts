import { isDeepStrictEqual } from "node:util";
import type { Json } from "@codegames/codegen/document";
import type { Change, Impact } from "./change.ts";
import { type OperationFacts, showValue } from "./facts.ts";

/**
 * Rates the changes of one operation that no general tool understands: statuses, outcomes, extensions, secrets, and
 * what decides.
 */
export function rateOperation(base: OperationFacts, revision: OperationFacts): Change[] {
  return [rateStatuses, rateExtensions, rateSecrets, rateAnswerMembers].flatMap((rate) => rate(base, revision));
}

function rateStatuses(base: OperationFacts, revision: OperationFacts): Change[] {
  const changes: Change[] = [];
  const { id } = revision;
  for (const [key, { pointer, outcome }] of revision.statuses) {
    const status = key.split(" ")[1];
    const before = base.statuses.get(key);
    if (!before) {
      const why =
        `${id} can answer ${status} (${outcome}): older clients do not know it, ` +
        `read it as unknown (interpretation D3) and ${describeUnknown(revision)}`;
      changes.push({ pointer, impact: "minor", rule: "status-added", why });
    } else if (before.outcome !== outcome) {
      const why =
        `${status} of ${id} was ${before.outcome} and is ${outcome}: ` +
        "the same answer now leads to another decision about the money";
      changes.push({ pointer: `${pointer}/x-outcome/${status}`, impact: "major", rule: "outcome-changed", why });
    }
  }
  for (const [key, { pointer, outcome }] of base.statuses) {
    if (revision.statuses.has(key)) continue;
    const why =
      `${id} no longer answers ${key.split(" ")[1]} (${outcome}): ` +
      "older providers still send it, and newer clients read it as unknown";
    changes.push({ pointer, impact: "major", rule: "status-removed", why });
  }
  return changes;
}

/** Says what an older client does with an answer that it reads as unknown. */
function describeUnknown({ extensions }: OperationFacts): string {
  const inquiry = extensions["x-inquiry"] as { operation?: Json } | undefined;
  if (inquiry) return `ask ${showValue(inquiry.operation)}`;
  return extensions["x-status-queue"]
    ? "ask again until the attempts are used up; then a person decides about the payment"
    : "do not buy";
}

/** The rule of an extension: the impact of adding, changing and removing it, and the reason. */
interface ExtensionRule {
  rule: string;
  added: Impact;
  changed: Impact;
  /** Major when left out. */
  removed?: Impact;
  why: string;
}

const extensionRules: Record<string, ExtensionRule> = {
  "x-echo": {
    rule: "echo-changed",
    added: "major",
    changed: "major",
    why: "clients match answers to requests by another field: a former success can become unknown, or the reverse",
  },
  "x-inquiry": {
    rule: "inquiry-changed",
    added: "minor",
    changed: "major",
    why: "unclear payments are settled in another way",
  },
  "x-inquiry/reference": {
    rule: "reference-changed",
    added: "major",
    changed: "major",
    removed: "minor",
    why:
      "clients withhold an answer whose identifier they know from another transaction (interpretation A10), " +
      "so a provider that shares identifiers between payments must be declared",
  },
  "x-status-queue": {
    rule: "queue-changed",
    added: "minor",
    changed: "minor",
    why: "clients ask about unclear payments on another schedule; older clients keep the old one",
  },
};

function rateExtensions(base: OperationFacts, revision: OperationFacts): Change[] {
  return Object.entries(extensionRules).flatMap(([name, { rule, added, changed, removed = "major", why }]) => {
    const [before, after] = [base.extensions[name], revision.extensions[name]];
    if (isDeepStrictEqual(before, after)) return [];
    const isRemoved = after === undefined;
    const impact = before === undefined ? added : isRemoved ? removed : changed;
    const show = (value: Json | undefined) => (value === undefined ? "absent" : JSON.stringify(value));
    const difference = `${name} of ${revision.id} was ${show(before)} and is ${show(after)}`;
    return [
      { pointer: `${(isRemoved ? base : revision).pointer}/${name}`, impact, rule, why: `${difference}: ${why}` },
    ];
  });
}

function rateSecrets(base: OperationFacts, revision: OperationFacts): Change[] {
  const changes: Change[] = [];
  for (const [key, { pointer, isSecret }] of revision.secrets) {
    const before = base.secrets.get(key);
    if (!before || before.isSecret === isSecret) continue;
    const consequence = isSecret
      ? "is now a secret: code that reads it does not compile, and older clients and providers print and store it"
      : "is no longer a secret: clients and providers now print and store it";
    const why = `${key.split(" ")[1]} of ${revision.id} ${consequence}`;
    changes.push({ pointer: `${pointer}/x-secret`, impact: "major", rule: "secret-changed", why });
  }
  return changes;
}

/** Rates `x-decides`. A reader's type of a property is optional if its schema says so, or if it decides nothing. */
function rateAnswerMembers(base: OperationFacts, revision: OperationFacts): Change[] {
  const changes: Change[] = [];
  for (const [key, { pointer, path, isRequired, decidesNothing }] of revision.answerMembers) {
    const before = base.answerMembers.get(key);
    if (!before || before.decidesNothing === decidesNothing) continue;
    const [impact, consequence] = describeMark(decidesNothing, isRequired && before.isRequired);
    const why = `${path} of an answer ${consequence}`;
    changes.push({ pointer: `${pointer}/x-decides`, impact, rule: "decides-changed", why });
  }
  return changes;
}

function describeMark(decidesNothing: boolean, isRequired: boolean): [Impact, string] {
  if (decidesNothing && isRequired) {
    const broken =
      "code of merchants that relies on it does not compile, and older clients still refuse such an answer";
    return ["major", `decides nothing now, so a merchant's type makes it optional: ${broken}`];
  }
  if (decidesNothing)
    return ["minor", "decides nothing now: older clients still refuse an answer in which it is broken"];
  const required = isRequired ? "a merchant's type requires it again, and " : "";
  return ["major", `decides now: ${required}an answer in which it is broken, understood before, is now unknown`];
}
