import { appendToken, tokensOf } from "@codegames/codec/json-pointer";
import { isJsonObject, type Json, type JsonObject } from "../document.ts";
import { type Contract, isExported, isOptionalReceived, type NamedShape, receivedName } from "../normalise/model.ts";

/** The shapes whose received view has a type of its own. */
export const receivedViewsOf = ({ shapes }: Contract) =>
  shapes.filter((shape) => shape.hasReceivedView && isExported(shape));

/**
 * Adds to the components of a document what a reader of answers makes of each schema that reads differently: a schema
 * of its own, in which the members that it can do without are not required.
 */
export function withReceivedViews(root: JsonObject, contract: Contract): JsonObject {
  const views = receivedViewsOf(contract);
  if (views.length === 0) return root;
  const shapes = new Map(contract.shapes.map((shape) => [shape.pointer, shape]));
  const viewer = new Viewer(root, shapes);
  const added = views.map((shape) => [receivedName(shape), viewer.view(shape.pointer)]);
  const components = (root["components"] ?? {}) as JsonObject;
  const schemas = { ...(components["schemas"] as JsonObject), ...Object.fromEntries(added) };
  return { ...root, components: { ...components, schemas } };
}

class Viewer {
  readonly #root: JsonObject;
  readonly #shapes: ReadonlyMap<string, NamedShape>;

  constructor(root: JsonObject, shapes: ReadonlyMap<string, NamedShape>) {
    this.#root = root;
    this.#shapes = shapes;
  }

  view(pointer: string): Json {
    const node = tokensOf(pointer).reduce((at: Json, token) => (at as JsonObject)[token]!, this.#root);
    return this.#node(node, pointer);
  }

  #node(node: Json, pointer: string): Json {
    if (!isJsonObject(node)) return node;
    if (typeof node["$ref"] === "string") return this.#reference(node, decodeURIComponent(node["$ref"].slice(1)));
    const { required, ...others } = node;
    const copy: JsonObject = others;
    const { shape } = this.#shapes.get(pointer) ?? {};
    const optional = shape?.kind === "object" ? shape.properties.filter(isOptionalReceived) : [];
    if (Array.isArray(required))
      copy["required"] = required.filter((name) => !optional.some((each) => each.name === name));
    for (const keyword of ["items", "additionalProperties"]) {
      const part = node[keyword];
      if (part !== undefined) copy[keyword] = this.#node(part, `${pointer}/${keyword}`);
    }
    for (const keyword of ["properties", "oneOf", "anyOf"]) {
      const parts = node[keyword];
      if (Array.isArray(parts)) {
        copy[keyword] = parts.map((part, index) => this.#node(part, `${pointer}/${keyword}/${index}`));
      } else if (isJsonObject(parts)) {
        copy[keyword] = Object.fromEntries(
          Object.entries(parts).map(([name, part]) => [
            name,
            this.#node(part, appendToken(`${pointer}/${keyword}`, name)),
          ]),
        );
      }
    }
    return copy;
  }

  /** A component without a shape, such as a list, has no name of its own among the views; a text beside stays. */
  #reference(node: JsonObject, target: string): Json {
    const shape = this.#shapes.get(target);
    if (!shape) return { ...(this.view(target) as JsonObject), ...textOf(node) };
    return shape.hasReceivedView ? { ...node, $ref: `#/components/schemas/${receivedName(shape)}` } : node;
  }
}

const textOf = ({ description }: JsonObject): JsonObject => (description === undefined ? {} : { description });
