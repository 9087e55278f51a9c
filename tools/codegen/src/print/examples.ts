import type { Contract, Example } from "../normalise/model.ts";
import { printLiteral } from "../typescript/literal.ts";
import { indent, key } from "../typescript/source-file.ts";

/** Prints the examples of the contract as typed values. */
export function printExamples({ operations, shapes }: Contract): string {
  const hasExamples = operations.some(({ examples }) => examples.length > 0);
  const line = ({ name, value, schema }: Example) => {
    const literal = printLiteral(value, { kind: "named", name: schema }, shapes);
    return `${key(name)}: ${literal} satisfies Encodable<types.${schema}>,`;
  };
  const group = (name: string, examples: Example[]) => braces(name, examples.map(line));
  return [
    ...(hasExamples
      ? [`import type { Encodable } from "@codegames/codec";`, `import type * as types from "./types.ts";`, ""]
      : []),
    "/** Every named example of the contract: of the request, and of the answers by HTTP code. */",
    "export const examples = {",
    ...indent(
      operations.flatMap(({ id, examples }) => {
        const of = (code: number | undefined) => examples.filter(({ httpStatus }) => httpStatus === code);
        const codes = [...new Set(examples.flatMap(({ httpStatus }) => httpStatus ?? []))];
        const responses = codes.flatMap((code) => group(String(code), of(code)));
        return braces(id, [...group("request", of(undefined)), ...braces("responses", responses)]);
      }),
    ),
    "} as const;",
  ].join("\n");
}

const braces = (name: string, lines: string[]) =>
  lines.length === 0 ? [`${name}: {},`] : [`${name}: {`, ...indent(lines), "},"];
