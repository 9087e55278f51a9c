import { relative } from "node:path";
import { tokensOf, valueAt } from "@codegames/codec/json-pointer";
import {
  BaseResolver,
  bundle,
  createConfig,
  type Document as Source,
  getLineColLocation,
  type NormalizedProblem,
} from "@redocly/openapi-core";
import { isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type Document, isJsonObject, type Json, type JsonObject } from "./document.ts";
import { Refusal } from "./refusal.ts";

/**
 * Bundles a contract of one or many files into one document.
 *
 * Redocly resolves the references. This file parses the YAML, because js-yaml 4 rounds `maximum: 9223372036854775807`
 * and because a refusal names file and line.
 *
 * @throws A {@link Refusal} when a file cannot be parsed, or a reference leads nowhere or to another host.
 */
export async function bundleDocument(file: string): Promise<Document> {
  const resolver = new ExactResolver();
  const config = await createConfig({});
  const result = await bundle({ ref: file, config, externalRefResolver: resolver }).catch((error: Error) => {
    throw error instanceof Refusal ? error : new Refusal("", firstLine(error), nameOf(file));
  });
  const [problem] = result.problems;
  if (problem) throw await refusalOf(problem, resolver);
  const root = result.bundle.parsed as JsonObject;
  return { root, sourceOf: (pointer) => sourceOf(root, pointer, resolver.places) };
}

/** Turns a problem that Redocly found into a refusal that quotes the reference. */
async function refusalOf(problem: NormalizedProblem, resolver: ExactResolver): Promise<Refusal> {
  const [place] = problem.location;
  if (!place) return new Refusal("", firstLine(problem));
  const file = place.source.absoluteRef;
  const pointer = (place.pointer ?? "").replace(/^#\/?/, "/").replace(/\/$/, "");
  const source = await resolver.resolveDocument(null, file);
  const node = "parsed" in source ? (valueAt(source.parsed, pointer) as Json | undefined) : undefined;
  const reference = isJsonObject(node) && "$ref" in node ? ` ${JSON.stringify(node["$ref"])}` : "";
  const reason = firstLine(problem).replace("$ref", `reference${reference}`);
  return new Refusal(pointer, reason, `${nameOf(file)}:${getLineColLocation(place).start.line}`);
}

class ExactResolver extends BaseResolver {
  /** File and line of each member of each container. */
  readonly places: Places = new WeakMap();

  override async loadExternalRef(absoluteRef: string) {
    if (/^https?:/i.test(absoluteRef)) {
      throw new Refusal(
        "",
        `refers to ${absoluteRef}: references to other hosts are not followed, save the file beside the contract`,
      );
    }
    return super.loadExternalRef(absoluteRef);
  }

  override parseDocument(source: Source["source"], isRoot = false): Source {
    if (!isRoot && !/\.(ya?ml|json)$/i.test(source.absoluteRef)) return super.parseDocument(source, isRoot);
    const name = nameOf(source.absoluteRef);
    const lines = new LineCounter();
    const yaml = parseDocument(source.body, { intAsBigInt: true, lineCounter: lines });
    const [error] = yaml.errors;
    if (error)
      throw new Refusal("", `cannot be parsed: ${firstLine(error)}`, `${name}:${error.linePos?.[0].line ?? 1}`);
    const parsed = numbersWhereExact(yaml.toJS());
    const placeOf = (node: unknown) => `${name}:${lines.linePos((node as Node).range?.[0] ?? 0).line}`;
    const mark = (node: unknown, value: Json | undefined): void => {
      if (typeof value === "number" && !Number.isFinite(value)) {
        throw new Refusal("", `holds ${value}, which is no number of JSON`, placeOf(node));
      }
      if (typeof value !== "object" || value === null) return;
      const members = isMap(node)
        ? node.items.map(({ key, value: child }): [string, unknown, unknown] => [String(key), key, child])
        : isSeq(node)
          ? node.items.map((child, index): [string, unknown, unknown] => [String(index), child, child])
          : [];
      this.places.set(value, new Map(members.map(([key, at]) => [key, placeOf(at)])));
      for (const [key, , child] of members) mark(child, (value as JsonObject)[key]);
    };
    mark(yaml.contents, parsed);
    return { source, parsed };
  }
}

/** File and line of each member, by its container. */
type Places = WeakMap<object, Map<string, string>>;

/** Finds file and line of the value at a pointer, or of the nearest container around it that stands in a file. */
function sourceOf(root: JsonObject, pointer: string, places: Places): string | undefined {
  let value: Json | undefined = root;
  let place: string | undefined;
  for (const token of tokensOf(pointer)) {
    if (typeof value !== "object" || value === null) break;
    place = places.get(value)?.get(token) ?? place;
    value = (value as JsonObject)[token];
  }
  return place;
}

/** Turns every `bigint` that a `number` holds exactly into a number. */
function numbersWhereExact(value: Json): Json {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(numbersWhereExact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, numbersWhereExact(child)]));
}

const nameOf = (file: string) => relative(process.cwd(), file).replaceAll("\\", "/") || ".";

const firstLine = ({ message }: { message: string }) =>
  (message.split("\n")[0] ?? "").replace(/[.:]$/, "").replaceAll(`${process.cwd()}/`, "");
