import type { Imports } from "../layout.ts";
import type { Contract, Operation } from "../normalise/model.ts";
import { methodComment } from "../typescript/method-comment.ts";
import { docComment, indent, printImports } from "../typescript/source-file.ts";

/** Prints the client: one documented method per operation, over the client's runtime. */
export function printClient({ title, operations }: Contract, imports: Imports): string {
  return [
    ...printHead(operations, imports),
    "",
    ...operations.flatMap(printResult),
    ...docComment(`The client of ${title}. No method ever rejects.`),
    "export interface Client {",
    ...indent(operations.flatMap(printMethod)),
    "}",
    "",
    ...docComment(
      `Makes the client of ${title}.\n\n@throws A \`TypeError\` that names the option when an option is wrong.`,
    ),
    "export function createClient(options: ClientOptions<keyof typeof operations>): Client {",
    ...indent([
      "const call = createCall(options, operations);",
      "return {",
      ...indent(operations.map(printCall)),
      "};",
    ]),
    "}",
  ].join("\n");
}

function printHead(operations: Operation[], { contract, clientRuntime }: Imports): string[] {
  const hasRequest = operations.some(({ request }) => request);
  const input = hasRequest ? ["type Input"] : [];
  return [
    `import { operations } from "${contract}";`,
    ...(hasRequest ? [`import type * as types from "${contract}";`] : []),
    ...printImports(clientRuntime, ["type CallOptions", "type ClientOptions", "createCall", ...input, "type Result"]),
  ];
}

const printResult = ({ id, path }: Operation) => [
  ...docComment(`The result of a call of \`${path}\`.`),
  `export type ${resultType(id)} = Result<typeof operations.${id}>;`,
  "",
];

const printMethod = (operation: Operation) => [
  ...methodComment(operation),
  `${operation.id}(${parametersOf(operation)}options?: CallOptions): Promise<${resultType(operation.id)}>;`,
];

const parametersOf = ({ request }: Operation) => (request ? `request: Input<types.${request}>, ` : "");

const printCall = ({ id, request }: Operation) =>
  request
    ? `${id}: (request, options) => call(operations.${id}, request, options),`
    : `${id}: (options) => call(operations.${id}, undefined, options),`;

const resultType = (id: string) => `${id.charAt(0).toUpperCase()}${id.slice(1)}Result`;
