import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { isNode, type Node } from "./located.ts";

/**
 * Requires `enum` in place of `const`, and a component for an `enum` of several texts. Tools of other languages make
 * an open text of a `const`, so that any status fits it, and make a type of an `enum` only where it has a name.
 */
export const enumerated: Oas3Rule = () => {
  const checked = new Set<unknown>();
  return {
    Schema(schema, { location, report }) {
      if (!("const" in schema) || checked.has(schema)) return;
      checked.add(schema);
      const value = JSON.stringify(schema.const);
      const message = `Schema has const ${value}; it must have enum: [${value}], which no tool reads as any text`;
      report({ message, location: location.child(["const"]) });
    },
    SchemaProperties(properties: Node, ctx) {
      if (checked.has(properties)) return;
      checked.add(properties);
      for (const [name, written] of Object.entries(properties)) {
        checkName(name, written, ctx.location.child([name]), ctx);
      }
    },
  };
};

function checkName(name: string, written: unknown, location: Location, ctx: UserContext): void {
  if (!isNode(written) || !Array.isArray(written.enum)) return;
  if (written.enum.filter((value) => typeof value === "string").length < 2) return;
  const message = `Property "${name}" lists several texts in place; they must be a schema of their own, behind a $ref`;
  ctx.report({ message, location: location.child(["enum"]) });
}
