import { relative } from "node:path";
import { BaseResolver, bundle, createConfig, type Document as Source, getLineColLocation } from "@redocly/openapi-core";
import { isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Document, Json, JsonObject } from "./document.ts";
import { Refusal } from "./refusal.ts";

/**
 * Reads a contract, in one file or many, into one document.
 *
 * Redocly resolves the references; the files are parsed here, because js-yaml rounds `maximum: 9223372036854775807`
 * and because a refusal names file and line. References to other hosts are refused.
 */
export async function bundleDocument(file: string): Promise<Document> {
  const resolver = new ExactResolver();
  const config = await createConfig({});
  const result = await bundle({ ref: file, config, externalRefResolver: resolver }).catch((error: Error) => {
    throw error instanceof Refusal ? error : new Refusal("", firstLine(error), nameOf(file));
  });
  const [problem] = result.problems;
  if (problem) {
    const place = problem.location[0];
    const source = place && `${nameOf(place.source.absoluteRef)}:${getLineColLocation(place).start.line}`;
    throw new Refusal((place?.pointer ?? "").replace(/^#\/?$|^#/, ""), firstLine(problem), source);
  }
  const root = result.bundle.parsed as JsonObject;
  return { root, sourceOf: (pointer) => sourceOf(root, pointer, resolver.places) };
}

class ExactResolver extends BaseResolver {
  readonly places = new WeakMap<object, string>();

  override async loadExternalRef(absoluteRef: string) {
    if (/^https?:/i.test(absoluteRef)) {
      throw new Refusal("", `refers to ${absoluteRef}: references to other hosts are not followed, save the file beside the contract`);
    }
    return super.loadExternalRef(absoluteRef);
  }

  override parseDocument(source: Source["source"], isRoot = false): Source {
    if (!isRoot && !/\.(ya?ml|json)$/i.test(source.absoluteRef)) return super.parseDocument(source, isRoot);
    const name = nameOf(source.absoluteRef);
    const lines = new LineCounter();
    const yaml = parseDocument(source.body, { intAsBigInt: true, lineCounter: lines });
    const [error] = yaml.errors;
    if (error) throw new Refusal("", `cannot be parsed: ${firstLine(error)}`, `${name}:${error.linePos?.[0].line ?? 1}`);
    const parsed = numbersWhereExact(yaml.toJS());
    const mark = (node: unknown, value: Json | undefined) => {
      if (typeof value !== "object" || value === null) return;
      const start = (node as Node | undefined)?.range?.[0];
      if (start !== undefined) this.places.set(value, `${name}:${lines.linePos(start).line}`);
      if (isMap(node) && !Array.isArray(value)) {
        for (const { key, value: child } of node.items) mark(child, value[String(key)]);
      } else if (isSeq(node) && Array.isArray(value)) {
        node.items.forEach((child, index) => mark(child, value[index]));
      }
    };
    mark(yaml.contents, parsed);
    return { source, parsed };
  }
}

/** The place of the value, or of the nearest container around it. */
function sourceOf(root: JsonObject, pointer: string, places: WeakMap<object, string>): string | undefined {
  let value: Json | undefined = root;
  let place = places.get(root);
  for (const token of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) break;
    value = (value as JsonObject)[token.replaceAll("~1", "/").replaceAll("~0", "~")];
    if (typeof value === "object" && value !== null) place = places.get(value) ?? place;
  }
  return place;
}

/** `bigint` only where a `number` would round. */
function numbersWhereExact(value: Json): Json {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(numbersWhereExact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, numbersWhereExact(child)]));
}

const nameOf = (file: string) => relative(process.cwd(), file).replaceAll("\\", "/") || ".";

const firstLine = (error: { message: string }) => (error.message.split("\n")[0] ?? "").replace(/[.:]$/, "");
