import type { Contract, Example, Operation } from "../normalise/model.ts";
import { spell } from "../spell.ts";
import { printLiteral } from "./literal.ts";
import { docComment, indent, key, printImports, sourceFile } from "./source.ts";

/** The operations table: what a client, a server and a queue need to know of each operation beside its codecs. */
export function printOperations({ operations }: Contract): string {
  const codecs = new Set(operations.flatMap(({ request, response, problems }) => [
    ...(request ? [request] : []), response.schema, ...problems.flatMap(({ schema }) => schema ?? []),
  ]));
  return sourceFile([
    ...printImports("./codecs.ts", [...codecs].sort().map((name) => `${name}Codec`)),
    `import type { Operation } from "./operation.ts";`,
    "",
    "/** Every operation of the contract, by its id. */",
    "export const operations = {",
    ...indent(operations.flatMap(printOperation)),
    "} as const satisfies Record<string, Operation>;",
  ]);
}

function printOperation(operation: Operation): string[] {
  const { id, method, path, request, response, problems, outcomes, echo, inquiry, statusQueue } = operation;
  const outcomeLines = Object.entries(outcomes).map(([status, outcome]) => `${key(status)}: ${spell(outcome)},`);
  return [
    ...docComment(operation.summary),
    `${id}: {`,
    ...indent([
      `id: ${spell(id)},`,
      `method: ${spell(method)},`,
      `path: ${spell(path)},`,
      `request: ${request ? `${request}Codec` : "undefined"},`,
      `response: { httpStatus: ${response.httpStatus}, codec: ${response.schema}Codec },`,
      "problems: {",
      ...indent(problems.map(({ httpStatus, schema }) => `${httpStatus}: ${schema ? `${schema}Codec` : "undefined"},`)),
      "},",
      ...(outcomeLines.length > 0 ? ["outcomes: {", ...indent(outcomeLines), "},"] : ["outcomes: {},"]),
      ...(echo ? [`echo: { property: ${spell(echo.property)}, path: ${spell(echo.path)} },`] : []),
      ...(inquiry ? [`inquiry: { operation: ${spell(inquiry.operation)}, by: ${spell(inquiry.by)} },`] : []),
      ...(statusQueue
        ? [`statusQueue: { attempts: ${statusQueue.attempts}, periodSeconds: ${statusQueue.periodSeconds} },`]
        : []),
    ]),
    "},",
  ];
}

/** The examples of the contract as typed values. */
export function printExamples({ operations, shapes }: Contract): string {
  const line = ({ name, value, schema }: Example) =>
    `${key(name)}: ${printLiteral(value, { kind: "named", name: schema }, shapes)} satisfies Encodable<types.${schema}>,`;
  const braces = (name: string, lines: string[]) =>
    lines.length === 0 ? [`${name}: {},`] : [`${name}: {`, ...indent(lines), "},"];
  const group = (name: string, examples: Example[]) => braces(name, examples.map(line));
  return sourceFile([
    ...(operations.some(({ examples }) => examples.length > 0) ? [`import type { Encodable } from "./codec.ts";`, `import type * as types from "./types.ts";`, ""] : []),
    "/** Every named example of the contract: of the request, and of the answers by HTTP code. */",
    "export const examples = {",
    ...indent(operations.flatMap(({ id, examples }) => {
      const codes = [...new Set(examples.flatMap(({ httpStatus }) => httpStatus ?? []))];
      return braces(id, [
        ...group("request", examples.filter(({ httpStatus }) => httpStatus === undefined)),
        ...braces("responses", codes.flatMap((code) => group(String(code), examples.filter(({ httpStatus }) => httpStatus === code)))),
      ]);
    })),
    "} as const;",
  ]);
}
