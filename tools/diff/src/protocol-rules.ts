import { isDeepStrictEqual } from "node:util";
import type { Json } from "@codegames/codegen/document";
import type { Change } from "./change.ts";
import type { OperationFacts } from "./facts.ts";

/** Rates what has changed in the protocol of one operation, and what no general tool understands. */
export function rateOperation(base: OperationFacts, revision: OperationFacts): Change[] {
  return [...rateStatuses(base, revision), ...rateExtensions(base, revision), ...rateSecrets(base, revision)];
}

function rateStatuses(base: OperationFacts, revision: OperationFacts): Change[] {
  const changes: Change[] = [];
  const { id } = revision;
  for (const [key, { pointer, outcome }] of revision.statuses) {
    const status = key.split(" ")[1];
    const before = base.statuses.get(key);
    if (!before) {
      changes.push({
        pointer, impact: "minor", rule: "status-added",
        why: `${id} can answer ${status} (${outcome}): older clients do not know it, read it as unknown (interpretation D3) and ${ofUnknown(revision)}`,
      });
    } else if (before.outcome !== outcome) {
      changes.push({
        pointer: `${pointer}/x-outcome/${status}`, impact: "major", rule: "outcome-changed",
        why: `${status} of ${id} was ${before.outcome} and is ${outcome}: the same answer now leads to another decision about the money`,
      });
    }
  }
  for (const [key, { pointer, outcome }] of base.statuses) {
    if (revision.statuses.has(key)) continue;
    changes.push({
      pointer, impact: "major", rule: "status-removed",
      why: `${id} no longer answers ${key.split(" ")[1]} (${outcome}): an older provider still does, and newer clients read it as unknown`,
    });
  }
  return changes;
}

/** What an older client does about an answer that it reads as unknown. */
function ofUnknown({ extensions }: OperationFacts): string {
  const inquiry = extensions["x-inquiry"] as { operation?: Json } | undefined;
  if (inquiry) return `ask ${inquiry.operation}`;
  return extensions["x-status-queue"] ? "ask again until the attempts are used up; then the payment is for a person" : "do not buy";
}

const extensionRules = {
  "x-echo": {
    rule: "echo-changed", added: "major", changed: "major",
    why: "another answer counts as one to another request: what was read as a success is withheld, or the other way round",
  },
  "x-inquiry": { rule: "inquiry-changed", added: "minor", changed: "major", why: "unclear payments are settled in another way" },
  "x-status-queue": {
    rule: "queue-changed", added: "minor", changed: "minor",
    why: "unclear payments are asked about for another time, and older clients keep to the former one",
  },
} as const;

function rateExtensions(base: OperationFacts, revision: OperationFacts): Change[] {
  return Object.entries(extensionRules).flatMap(([name, { rule, added, changed, why }]) => {
    const [before, after] = [base.extensions[name], revision.extensions[name]];
    if (isDeepStrictEqual(before, after)) return [];
    const pointer = `${after === undefined ? base.pointer : revision.pointer}/${name}`;
    const impact = before === undefined ? added : after === undefined ? "major" : changed;
    const shown = (value: Json | undefined) => (value === undefined ? "absent" : JSON.stringify(value));
    return [{ pointer, impact, rule, why: `${name} of ${revision.id} was ${shown(before)} and is ${shown(after)}: ${why}` }];
  });
}

function rateSecrets(base: OperationFacts, revision: OperationFacts): Change[] {
  const changes: Change[] = [];
  for (const [key, { pointer, isSecret }] of revision.secrets) {
    const before = base.secrets.get(key);
    if (!before || before.isSecret === isSecret) continue;
    const why = isSecret
      ? "is now a secret: code that reads it does not compile, and older sides print and store it in clear"
      : "is no secret any more: what was never printed or stored in clear now is";
    changes.push({ pointer: `${pointer}/x-secret`, impact: "major", rule: "secret-changed", why: `${key.split(" ")[1]} of ${revision.id} ${why}` });
  }
  return changes;
}
