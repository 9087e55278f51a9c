import type { Location, Oas3Rule } from "@redocly/openapi-core";
import { readAnswerMembers } from "./answer-members.ts";
import { isNode, locate, type Located } from "./located.ts";

/**
 * Allows `x-decides` only where it is heeded: `true` or `false` on a property, and `false` only on one of an answer
 * that is neither a status, nor an echo, nor a secret or a way to one.
 */
export const decides: Oas3Rule = () => {
  const operations: Located[] = [];
  const properties = new Set<string>();
  // A schema is visited once for every `$ref` to it.
  const marks = new Map<string, { mark: unknown; location: Location }>();
  const noteMark = (node: object, location: Location) => {
    if ("x-decides" in node) marks.set(location.absolutePointer, { mark: node["x-decides"], location });
  };
  return {
    Operation: (operation, ctx) => void operations.push(locate(operation, ctx.location)),
    SchemaProperties(schemas, ctx) {
      for (const name of Object.keys(schemas)) properties.add(ctx.location.child([name]).absolutePointer);
    },
    Schema: (schema, ctx) => isNode(schema) && noteMark(schema, ctx.location),
    ref: (ref, ctx) => noteMark(ref, ctx.location),
    Root: {
      leave(_root, ctx) {
        const members = readAnswerMembers(operations, ctx);
        for (const [pointer, { mark, location }] of marks) {
          const fault = properties.has(pointer)
            ? describeFault(mark, pointer, members)
            : "x-decides has no effect here; it belongs to a property of an answer";
          if (fault !== undefined) ctx.report({ message: fault, location: location.child(["x-decides"]) });
        }
      },
    },
  };
};

function describeFault(mark: unknown, pointer: string, members: Map<string, string | undefined>): string | undefined {
  if (typeof mark !== "boolean") return `x-decides is ${JSON.stringify(mark)}; it must be true or false`;
  if (mark) return undefined;
  const reason = members.has(pointer) ? members.get(pointer) : "is in no answer, and requests are read strictly";
  return reason && `x-decides is false for "${nameAt(pointer)}", which ${reason}`;
}

/** The name of the property that a pointer leads to. */
const nameAt = (pointer: string) =>
  pointer
    .slice(pointer.lastIndexOf("/") + 1)
    .replace(/~1/g, "/")
    .replace(/~0/g, "~");
