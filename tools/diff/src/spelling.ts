import { isJsonObject, type Json, type JsonObject } from "@codegames/codegen/document";

/** Members whose content is data or a map of names: nothing in them is a keyword. */
const data = new Set(["example", "examples", "default", "enum", "x-outcome"]);

/**
 * Writes a contract so that two spellings of one meaning are equal: `const` as an `enum` of one value, and a server
 * variable without its text, by which Redocly 2.77 tells servers apart.
 */
export function spellAlike(root: JsonObject): JsonObject {
  const servers = Array.isArray(root["servers"]) ? { servers: root["servers"].map(withoutTexts) } : {};
  return { ...(spellSchemas(root, false) as JsonObject), ...servers };
}

function spellSchemas(node: Json, isMapOfNames: boolean): Json {
  if (Array.isArray(node)) return node.map((each) => spellSchemas(each, false));
  if (!isJsonObject(node)) return node;
  const { const: only, ...others } = node;
  const isConst = !isMapOfNames && only !== undefined && !("enum" in node);
  return Object.fromEntries(
    Object.entries(isConst ? { ...others, enum: [only] } : node).map(([name, child]) => [
      name,
      !isMapOfNames && data.has(name) ? child : spellSchemas(child, !isMapOfNames && name === "properties"),
    ]),
  );
}

function withoutTexts(server: Json): Json {
  if (!isJsonObject(server) || !isJsonObject(server["variables"])) return server;
  const variables = Object.entries(server["variables"]).map(([name, variable]): [string, Json] => {
    const { description: _, ...rest } = variable as JsonObject;
    return [name, rest];
  });
  return { ...server, variables: Object.fromEntries(variables) };
}
