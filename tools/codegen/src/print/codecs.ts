import type { Contract, NamedShape, Operation } from "../normalise/model.ts";
import { printCheck } from "./check.ts";
import { docComment, printImports, sourceFile } from "./source.ts";
import { printWriter } from "./write.ts";

const support = [
  "type Codec", "codec", "type Direction", "type Encodable", "fault", "isLongerThan", "isObject", "isShorterThan", "reveal", "secretFault",
  "step", "writeAny",
];

/** The codecs of every body: a check and a writer per shape, and one `Codec` per schema of a body. */
export function printCodecs({ shapes, operations }: Contract): string {
  const bodies = new Set(operations.flatMap(bodiesOf));
  const functions = shapes.flatMap((shape) => [...printCheck(shape), "", ...printWriter(shape), ""]);
  const codecs = shapes.filter(({ name }) => bodies.has(name)).flatMap(printCodec);
  return sourceFile([
    ...printImports("./codec.ts", support, [...codecs, ...functions]),
    `import type * as types from "./types.ts";`,
    "",
    ...codecs,
    ...functions,
  ]);
}

function bodiesOf({ request, response, problems }: Operation): string[] {
  return [request, response.schema, ...problems.map(({ schema }) => schema)].filter((name) => name !== undefined);
}

function printCodec({ name, type }: NamedShape): string[] {
  return [
    ...docComment(`Reads and writes a {@link ${type}}.`),
    `export const ${name}Codec: Codec<${type}> = /* @__PURE__ */ codec(check${name}, write${name});`,
    "",
  ];
}
