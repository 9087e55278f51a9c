import type { Contract, Operation } from "../normalise/model.ts";
import type { Imports } from "../layout.ts";
import { docComment, indent, printImports, sourceFile } from "./source.ts";

/** The client: one documented method per operation over the runtime. */
export function printClient({ title, operations }: Contract, { contract, clientRuntime }: Imports): string {
  const body = [
    ...operations.flatMap(({ id, path }) => [
      ...docComment(`What became of a call of \`${path}\`.`),
      `export type ${resultType(id)} = Result<typeof operations.${id}>;`,
      "",
    ]),
    ...docComment(`The client of ${title}. No method ever rejects.`),
    "export interface Client {",
    ...indent(operations.flatMap((operation) => [
      ...docComment(textOf(operation)),
      `${operation.id}(${operation.request ? `request: Input<types.${operation.request}>, ` : ""}options?: CallOptions): Promise<${resultType(operation.id)}>;`,
    ])),
    "}",
    "",
    ...docComment(`Makes the client of ${title}. Throws a \`TypeError\` that names the option when an option is wrong.`),
    "export function createClient(options: ClientOptions<keyof typeof operations>): Client {",
    ...indent([
      "const call = createCall(options, operations);",
      "return {",
      ...indent(operations.map(({ id, request }) =>
        request
          ? `${id}: (request, options) => call(operations.${id}, request, options),`
          : `${id}: (options) => call(operations.${id}, undefined, options),`,
      )),
      "};",
    ]),
    "}",
  ];
  const isAnyAsked = operations.some(({ request }) => request);
  const runtime = ["type CallOptions", "type ClientOptions", "createCall", ...(isAnyAsked ? ["type Input"] : []), "type Result"];
  return sourceFile([
    `import { operations } from "${contract}";`,
    ...(isAnyAsked ? [`import type * as types from "${contract}";`] : []),
    ...printImports(clientRuntime, runtime),
    "",
    ...body,
  ]);
}

/** The server: the interface that a provider implements, and the handler that serves it. */
export function printProvider({ title, operations }: Contract, { contract, serverRuntime }: Imports): string {
  return sourceFile([
    `import { operations } from "${contract}";`,
    `import type * as types from "${contract}";`,
    `import { type Answer, type CallContext, createHandlerOf, type Handler, type HandlerOptions } from "${serverRuntime}";`,
    "",
    ...docComment(
      `The provider of ${title}: one method per operation. A method that throws, or whose answer is not one of the ` +
        "contract, is answered with problem details under HTTP 500.",
    ),
    "export interface Provider {",
    ...indent(operations.flatMap((operation) => [
      ...docComment(textOf(operation)),
      `${operation.id}(${operation.request ? `request: types.${operation.request}, ` : ""}context: CallContext): Answer<types.${operation.response.schema}>;`,
    ])),
    "}",
    "",
    ...docComment(`Makes the handler that serves a provider of ${title}.`),
    "export function createHandler(provider: Provider, options: HandlerOptions): Handler {",
    "  return createHandlerOf(",
    "    provider,",
    "    [",
    ...indent(indent(indent(operations.map(({ id, request }) =>
      `{ operation: operations.${id}, answer: (${request ? "request" : "_"}, context) => provider.${id}(${request ? "request, " : ""}context) },`,
    )))),
    "    ],",
    "    options,",
    "  );",
    "}",
  ]);
}

const resultType = (id: string) => `${id.charAt(0).toUpperCase()}${id.slice(1)}Result`;

const textOf = ({ summary, description }: Operation) => [summary && summary.replace(/[^.?!]$/, "$&."), description].filter(Boolean).join("\n\n");
