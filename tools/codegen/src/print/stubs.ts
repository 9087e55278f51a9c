import type { Contract, Operation } from "../normalise/model.ts";
import type { Imports } from "../layout.ts";
import { docComment, indent, sourceFile } from "./source.ts";

/** The client: one documented method per operation over the runtime. */
export function printClient({ title, operations }: Contract, { contract, clientRuntime }: Imports): string {
  return sourceFile([
    `import { ${["operations", ...requestTypes(operations)].map(asType).join(", ")} } from "${contract}";`,
    `import { type CallOptions, type ClientOptions, createCall, type Input, type Result } from "${clientRuntime}";`,
    "",
    ...operations.flatMap(({ id, path }) => [
      ...docComment(`What became of a call of \`${path}\`.`),
      `export type ${resultType(id)} = Result<typeof operations.${id}>;`,
      "",
    ]),
    ...docComment(`A client of the ${title}. No method ever rejects.`),
    "export interface Client {",
    ...indent(operations.flatMap((operation) => [
      ...docComment(textOf(operation)),
      `${operation.id}(${operation.request ? `request: Input<${operation.request}>, ` : ""}options?: CallOptions): Promise<${resultType(operation.id)}>;`,
    ])),
    "}",
    "",
    ...docComment(`Makes a client of the ${title}. Throws a \`TypeError\` that names the option when an option is wrong.`),
    "export function createClient(options: ClientOptions): Client {",
    ...indent([
      "const call = createCall(options);",
      "return {",
      ...indent(operations.map(({ id, request }) =>
        request
          ? `${id}: (request, options) => call(operations.${id}, request, options),`
          : `${id}: (options) => call(operations.${id}, undefined, options),`,
      )),
      "};",
    ]),
    "}",
  ]);
}

/** The server: the interface that a provider implements, and the handler that serves it. */
export function printProvider({ title, operations }: Contract, { contract, serverRuntime }: Imports): string {
  const types = [...new Set([...requestTypes(operations), ...operations.map(({ response }) => response.schema)])];
  return sourceFile([
    `import { ${["operations", ...types.sort()].map(asType).join(", ")} } from "${contract}";`,
    `import { type Answer, type CallContext, createHandlerOf, type Handler, type HandlerOptions } from "${serverRuntime}";`,
    "",
    ...docComment(
      `A provider of the ${title}: one method per operation. A method that throws, or whose answer is not one of the ` +
        "contract, is answered with problem details under HTTP 500.",
    ),
    "export interface Provider {",
    ...indent(operations.flatMap((operation) => [
      ...docComment(textOf(operation)),
      `${operation.id}(${operation.request ? `request: ${operation.request}, ` : ""}context: CallContext): Answer<${operation.response.schema}>;`,
    ])),
    "}",
    "",
    ...docComment(`Makes a handler that serves a provider of the ${title}.`),
    "export function createHandler(provider: Provider, options: HandlerOptions): Handler {",
    "  return createHandlerOf(",
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

const requestTypes = (operations: Operation[]) => [...new Set(operations.flatMap(({ request }) => request ?? []))].sort();

const asType = (name: string) => (name === "operations" ? name : `type ${name}`);

const resultType = (id: string) => `${id.charAt(0).toUpperCase()}${id.slice(1)}Result`;

const textOf = ({ summary, description }: Operation) => [summary && `${summary}.`, description].filter(Boolean).join("\n\n");
