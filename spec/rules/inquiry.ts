import type { Location, Oas3Rule, UserContext } from "@redocly/openapi-core";
import { jsonContent, successfulContent } from "./json-content.ts";
import { childOf, entriesOf, isNode, itemsOf, locate, type Located, type Node } from "./located.ts";
import { composition, statusValues } from "./status-values.ts";

const INQUIRY_KEYS = ["operation", "by"];
const INQUIRY_OPTIONAL_KEYS = ["reference"];
const QUEUE_KEYS = ["attempts", "periodSeconds"];

/** Requires `x-inquiry` on an operation that can end `unknown`, and `x-status-queue` on the operation that it names. */
export const inquiry: Oas3Rule = () => {
  const operations = new Map<string, Located>();
  return {
    Operation(operation, { location }) {
      operations.set(operation.operationId ?? location.absolutePointer, locate(operation, location));
    },
    Root: {
      leave(_root, ctx) {
        const inquired = new Set<string>();
        for (const [id, operation] of operations) {
          const target = checkInquiry(id, operation, operations, ctx);
          if (target !== undefined) inquired.add(target);
        }
        for (const [id, operation] of operations) checkQueue(id, operation, inquired.has(id), ctx);
      },
    },
  };
};

/** Reports the faults of `x-inquiry`, and returns the id of the operation that it names. */
function checkInquiry(id: string, operation: Located, operations: Map<string, Located>, ctx: UserContext) {
  const rule = operation.node["x-inquiry"];
  if (rule === undefined) {
    const status = findUnknownStatus(operation, ctx);
    if (status === undefined) return;
    const message =
      `Operation "${id}" can answer "${status}", which is unknown, and has no x-inquiry; ` +
      "it must name the operation that settles it";
    ctx.report({ message, location: operation.location });
    return;
  }
  const location = operation.location.child(["x-inquiry"]);
  if (!checkKeys("x-inquiry", rule, INQUIRY_KEYS, location, ctx, INQUIRY_OPTIONAL_KEYS)) return;
  const { operation: target, by, reference } = rule;
  const inquired = operations.get(String(target));
  if (!inquired) {
    const known = [...operations.keys()].join(", ");
    const name = JSON.stringify(target);
    const message = `x-inquiry names the operation ${name}, which does not exist; the operations are ${known}`;
    ctx.report({ message, location: location.child(["operation"]) });
    return;
  }
  for (const [name, side] of Object.entries({ [id]: operation, [String(target)]: inquired })) {
    if (!requestRequires(side, String(by), ctx)) {
      const message =
        `x-inquiry asks by ${JSON.stringify(by)}, which the request of "${name}" does not require; ` +
        "it must be a required property of both requests";
      ctx.report({ message, location: location.child(["by"]) });
    }
    if (reference !== undefined && !successHas(side, reference, ctx)) {
      const message =
        `x-inquiry refers to ${JSON.stringify(reference)}, which a successful answer of "${name}" does not have; ` +
        "it must be a property of the successful answers of both operations";
      ctx.report({ message, location: location.child(["reference"]) });
    }
  }
  return String(target);
}

function checkQueue(id: string, operation: Located, isInquired: boolean, ctx: UserContext): void {
  const queue = operation.node["x-status-queue"];
  const location = operation.location.child(["x-status-queue"]);
  if (queue === undefined) {
    if (!isInquired) return;
    const keys = QUEUE_KEYS.join(" and ");
    const message = `Operation "${id}" is named by an x-inquiry and has no x-status-queue; it must state ${keys}`;
    ctx.report({ message, location: operation.location });
    return;
  }
  if (!isInquired) {
    const message = `x-status-queue of "${id}" has no effect; an x-inquiry must name the operation`;
    ctx.report({ message, location: location.key() });
  }
  if (!checkKeys("x-status-queue", queue, QUEUE_KEYS, location, ctx)) return;
  for (const key of QUEUE_KEYS) {
    if (Number.isSafeInteger(queue[key]) && Number(queue[key]) > 0) continue;
    const message = `x-status-queue has ${key} ${JSON.stringify(queue[key])}; it must be an integer > 0`;
    ctx.report({ message, location: location.child([key]) });
  }
}

/** Reports missing and surplus keys; true if no key is missing. */
function checkKeys(
  name: string,
  value: unknown,
  keys: string[],
  location: Location,
  ctx: UserContext,
  optional: string[] = [],
): value is Node {
  const choice = optional.length > 0 ? `, may have ${optional.join(", ")}` : "";
  const allowed = `it must have ${keys.join(" and ")}${choice}, and nothing else`;
  const present = isNode(value) ? Object.keys(value) : [];
  const missing = keys.filter((key) => !present.includes(key));
  const surplus = present.filter((key) => !keys.includes(key) && !optional.includes(key));
  for (const key of missing) ctx.report({ message: `${name} has no ${key}; ${allowed}`, location });
  for (const key of surplus) {
    ctx.report({ message: `${name} has the key "${key}"; ${allowed}`, location: location.child([key]).key() });
  }
  return missing.length === 0;
}

function findUnknownStatus(operation: Located, ctx: UserContext): string | undefined {
  for (const [, response] of entriesOf(operation, "responses", ctx)) {
    for (const mediaType of jsonContent(response, ctx)) {
      const schema = childOf(mediaType, "schema", ctx);
      const unknown = schema && statusValues(schema, ctx).find(({ outcome }) => outcome === "unknown");
      if (unknown) return unknown.value;
    }
  }
  return undefined;
}

function requestRequires(operation: Located, property: string, ctx: UserContext): boolean {
  const body = childOf(operation, "requestBody", ctx);
  const schemas = body ? [...jsonContent(body, ctx)].map((mediaType) => childOf(mediaType, "schema", ctx)) : [];
  return schemas.length > 0 && schemas.every((schema) => schema && requires(schema, property, ctx));
}

function requires(schema: Located, property: string, ctx: UserContext): boolean {
  const { properties, required } = schema.node;
  const isRequired = Array.isArray(required) && required.includes(property);
  if (isRequired && isNode(properties) && property in properties) return true;
  const variants = [...itemsOf(schema, "oneOf", ctx), ...itemsOf(schema, "anyOf", ctx)];
  if (variants.length > 0 && variants.every((variant) => requires(variant, property, ctx))) return true;
  return [...itemsOf(schema, "allOf", ctx)].some((part) => requires(part, property, ctx));
}

/** Whether every answer that means success has the property: each variant with such a status, or all when none has. */
function successHas(operation: Located, property: unknown, ctx: UserContext): boolean {
  const schemas = [...successfulContent(operation, ctx)].map((mediaType) => childOf(mediaType, "schema", ctx));
  const answers = schemas.flatMap((schema) => (schema ? successesOf(schema, ctx) : []));
  return (
    typeof property === "string" && answers.length > 0 && answers.every((answer) => defines(answer, property, ctx))
  );
}

function successesOf(schema: Located, ctx: UserContext): Located[] {
  const variants = [...itemsOf(schema, "oneOf", ctx), ...itemsOf(schema, "anyOf", ctx)];
  if (variants.length > 0) return variants.flatMap((variant) => successesOf(variant, ctx));
  const statuses = statusValues(schema, ctx);
  return statuses.length === 0 || statuses.some(({ outcome }) => outcome === "succeeded") ? [schema] : [];
}

const defines = (schema: Located, property: string, ctx: UserContext): boolean =>
  [...composition(schema, ctx)].some(({ node: { properties } }) => isNode(properties) && property in properties);
