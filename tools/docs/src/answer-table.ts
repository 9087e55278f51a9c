import { type CheckResult, createClient, type PayResult, type StatusResult } from "@codegames/client";
import { readText } from "./tables/content-data.ts";

/**
 * What a merchant's client does with a member of an answer that has one literal in its place: it reads the value, does
 * without it, or does not understand the answer. `listed`: the result names it as a deviation. `kept`: the body is kept
 * for a person.
 */
export type Treatment =
  | "read"
  | "read, listed"
  | "read, listed, kept"
  | "absent"
  | "absent, listed"
  | "absent, listed, kept"
  | "malformed"
  | "mismatch"
  | "unrecognised-status";

/** By answer, `pay OK` or `pay refused`, then by the member's JSON Pointer, then by the literal in its place. */
export type AnswerTable = Record<string, Record<string, Partial<Record<string, Treatment>>>>;

/** What stands in the place of a member, by its name in the table; undefined when the member is missing. */
export const literals: readonly (readonly [name: string, literal: string | undefined])[] = [
  ["missing", undefined],
  ...["null", '""', "0", "[]", "{}", '["a"]', '{"a": 1}', "12345", "1e3", "1.5"].map((text) => [text, text] as const),
  // Beyond an int64, and with more digits than a double gives back.
  ...["12345678901234567890", "0.1234567890123456789"].map((text) => [text, text] as const),
  ...['"a"', '"12345"', '"50.50"', '"50.000"', "true"].map((text) => [text, text] as const),
  ['"aaa…"', JSON.stringify("a".repeat(2000))],
];

/** Gives the client every answer of the contract with every literal in the place of each member, one at a time. */
export async function enumerateAnswers(): Promise<AnswerTable> {
  const table: AnswerTable = {};
  for (const { id, call, variants } of answers()) {
    for (const variant of variants) {
      const answer = sampleOf(variant) as Record<string, unknown>;
      const rows: AnswerTable[string] = {};
      for (const path of pathsIn(variant)) {
        const pointer = `/${path.join("/")}`;
        const cells: [string, Treatment][] = [];
        for (const [name, literal] of literals) {
          cells.push([name, treatmentOf(await call(withLiteral(answer, path, literal)), path)]);
        }
        rows[pointer] = Object.fromEntries(cells);
      }
      table[`${id} ${answer["status"] === "OK" ? "OK" : "refused"}`] = rows;
    }
  }
  return table;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: string;
  enum?: string[];
  format?: string;
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
}

type AnyResult = CheckResult | PayResult | StatusResult;

/** The operations, and the variants of their answers, as the contract has them. */
function answers() {
  const check = (body: string) => clientOf(body).check({ product_id: sampleId });
  const pay = (body: string) => clientOf(body).pay({ product_id: sampleId, price: 50000, txn_id: "A-17" });
  const status = (body: string) => clientOf(body).status({ txn_id: "A-17" });
  const calls: [id: string, schema: string, call: (body: string) => Promise<AnyResult>][] = [
    ["check", "CheckResponse", check],
    ["pay", "PayResponse", pay],
    ["status", "StatusResponse", status],
  ];
  return calls.map(([id, schema, call]) => ({ id, call, variants: contract.components.schemas[schema]?.oneOf ?? [] }));
}

const clientOf = (body: string) =>
  createClient({ baseUrl: "https://hub.example", auth: "none", fetch: async () => new Response(body) });

const contract = JSON.parse(readText("packages/contract/src/gen/openapi.json")) as {
  components: { schemas: Record<string, Schema> };
};

const resolved = (schema: Schema): Schema =>
  schema.$ref === undefined ? schema : resolved(contract.components.schemas[schema.$ref.split("/").at(-1)!]!);

/** The product that is asked about: `12345` and `"12345"` are its id. */
const sampleId = 12345;

/** A value that has every member. */
function sampleOf(written: Schema): unknown {
  const { type, const: only, enum: values, properties, format } = resolved(written);
  if (only !== undefined) return only;
  if (values) return values[0];
  if (properties) return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, sampleOf(each)]));
  if (type === "object") return { a: 1 };
  if (format === "int64") return sampleId;
  return type === "number" ? 50000 : "a";
}

function pathsIn(written: Schema): string[][] {
  return Object.entries(resolved(written).properties ?? {}).flatMap(([name, schema]) => [
    [name],
    ...pathsIn(schema).map((path) => [name, ...path]),
  ]);
}

/** The text of an answer with a literal in the place of a member. */
function withLiteral(answer: object, path: readonly string[], literal: string | undefined): string {
  const copy = structuredClone(answer) as Record<string, unknown>;
  const holder = path.slice(0, -1).reduce((value, name) => value[name] as Record<string, unknown>, copy);
  const mark = "\u0000";
  holder[path.at(-1)!] = literal === undefined ? undefined : mark;
  return JSON.stringify(copy).replace(JSON.stringify(mark), () => literal ?? "");
}

function treatmentOf(result: AnyResult, path: readonly string[]): Treatment {
  if (result.outcome === "not-sent") throw new Error(`docs: ${result.detail}`);
  if (result.outcome === "unknown" && result.reason !== "undecided") return result.reason as Treatment;
  const value = path.reduce<unknown>((holder, name) => (holder as Record<string, unknown>)[name], result.body);
  const marks = [result.deviations.length > 0 ? "listed" : [], result.unread ? "kept" : []].flat();
  return [value === undefined ? "absent" : "read", ...marks].join(", ") as Treatment;
}
