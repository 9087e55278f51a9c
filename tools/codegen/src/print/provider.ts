import type { Imports } from "../layout.ts";
import type { Contract, Operation } from "../normalise/model.ts";
import { methodComment } from "../typescript/method-comment.ts";
import { docComment, indent } from "../typescript/source-file.ts";

/** Prints the server's side: the interface that a provider implements, and the handler that serves it. */
export function printProvider(
  { title, operations, problemTypes }: Contract,
  { contract, serverRuntime }: Imports,
): string {
  const isExplained = problemTypes !== undefined;
  return [
    `import { operations${isExplained ? ", problemTypes" : ""} } from "${contract}";`,
    `import type * as types from "${contract}";`,
    `import { createHandlerOf } from "${serverRuntime}";`,
    `import type { Answer, CallContext, Handler, HandlerOptions } from "${serverRuntime}";`,
    "",
    ...docComment(
      `The provider of ${title}: one method per operation.\n\n` +
        "A method that throws, or whose answer is not one of the contract, is answered with problem details " +
        "under HTTP 500.",
    ),
    "export interface Provider {",
    ...indent(operations.flatMap(printMethod)),
    "}",
    "",
    ...docComment(`Makes the handler that serves a provider of ${title}.`),
    "export function createHandler(provider: Provider, options: HandlerOptions): Handler {",
    "  return createHandlerOf(",
    "    provider,",
    "    [",
    ...indent(indent(indent(operations.map(printRoute)))),
    "    ],",
    "    options,",
    ...(isExplained ? ["    { problemTypes },"] : []),
    "  );",
    "}",
  ].join("\n");
}

function printMethod(operation: Operation): string[] {
  const { id, request, response } = operation;
  const parameters = request ? `request: types.${request}, ` : "";
  return [...methodComment(operation), `${id}(${parameters}context: CallContext): Answer<types.${response.schema}>;`];
}

const printRoute = ({ id, request }: Operation) =>
  request
    ? `{ operation: operations.${id}, answer: (request, context) => provider.${id}(request, context) },`
    : `{ operation: operations.${id}, answer: (_, context) => provider.${id}(context) },`;
