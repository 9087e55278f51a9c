import type { Oas3Rule, UserContext } from "@redocly/openapi-core";
import { childOf, isNode, locate, type Located, type Node } from "./located.ts";
import { valuesOfProperty } from "./status-values.ts";

const CLASSES = ["succeeded", "rejected", "absent", "unknown"];
const ALLOWED = `one of ${CLASSES.join(", ")}`;

/** Every value of a `status` says in `x-outcome` what it means for the call and the money. */
export const statusOutcome: Oas3Rule = () => {
  const checked = new Set<Node>();
  return {
    SchemaProperties(properties, ctx) {
      const status = childOf(locate(properties, ctx.location), "status", ctx);
      if (!status || checked.has(status.node)) return;
      checked.add(status.node);
      checkStatus(status, ctx);
    },
  };
};

function checkStatus(status: Located, ctx: UserContext): void {
  const values = valuesOfProperty(status);
  for (const { value, location, outcome } of values) {
    if (outcome === undefined) {
      ctx.report({ message: `Status "${value}" has no class in x-outcome; it must have ${ALLOWED}`, location });
    }
  }
  const listed = values.map(({ value }) => value);
  for (const [value, outcome] of Object.entries(isNode(status.node["x-outcome"]) ? status.node["x-outcome"] : {})) {
    const location = status.location.child(["x-outcome", value]);
    if (!listed.includes(value)) {
      const known = listed.join(", ");
      const message = `x-outcome classes "${value}", which is no value of this status; the values are ${known}`;
      ctx.report({ message, location: location.key() });
    } else if (!CLASSES.includes(String(outcome))) {
      ctx.report({ message: `x-outcome gives "${value}" the class "${outcome}"; it must be ${ALLOWED}`, location });
    }
  }
}
