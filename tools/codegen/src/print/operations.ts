import type { Contract, Operation } from "../normalise/model.ts";
import { docComment, indent, key, printImports } from "../typescript/source-file.ts";
import { spell } from "../typescript/spell.ts";

/** Prints the table of operations: all that a client, a server and a queue know about an operation. */
export function printOperations({ operations, problemTypes }: Contract): string {
  const codecs = new Set(
    operations.flatMap(({ request, response, problems }) => [
      ...(request ? [request] : []),
      response.schema,
      ...problems.flatMap(({ schema }) => schema ?? []),
    ]),
  );
  return [
    `import type { Operation } from "@codegames/codec";`,
    ...printImports(
      "./codecs.ts",
      [...codecs].sort().map((name) => `${name}Codec`),
    ),
    "",
    "/** Every operation of the contract, by its id. */",
    "export const operations = {",
    ...indent(operations.flatMap(printOperation)),
    "} as const satisfies Record<string, Operation>;",
    ...printProblemTypes(problemTypes),
  ].join("\n");
}

const printProblemTypes = (address: string | undefined) =>
  address === undefined
    ? []
    : [
        "",
        ...docComment(
          "The page that explains the kinds of problem (`x-problem-types`). The `type` of problem details is this " +
            "address with `#` and the kind.",
        ),
        `export const problemTypes = ${spell(address)};`,
      ];

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
      ...(inquiry ? [`inquiry: { ${membersOf(inquiry)} },`] : []),
      ...(statusQueue
        ? [`statusQueue: { attempts: ${statusQueue.attempts}, periodSeconds: ${statusQueue.periodSeconds} },`]
        : []),
    ]),
    "},",
  ];
}

const membersOf = (values: Readonly<Record<string, string | undefined>>) =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${key(name)}: ${spell(value)}`]))
    .join(", ");
