import type { Contract, NamedShape, Operation } from "../normalise/model.ts";
import { bodyExpression, printShape } from "./schema.ts";
import { docComment, sourceFile } from "./source.ts";

/** One `Codec` for each schema of a body, and the schemas of which they are made. */
export function printCodecs({ shapes, operations }: Contract): string {
  const bodies = new Set(operations.flatMap(bodiesOf));
  const schemas = shapes.filter(({ shape }) => shape.kind !== "other").flatMap(printShape);
  const codecs = shapes.filter(({ name }) => bodies.has(name)).flatMap(printCodec);
  return sourceFile([
    `import { type Codec, codec } from "./codec.ts";`,
    `import * as s from "./schema.ts";`,
    `import type * as types from "./types.ts";`,
    "",
    ...codecs,
    ...schemas,
  ]);
}

function bodiesOf({ request, response, problems }: Operation): string[] {
  return [request, response.schema, ...problems.map(({ schema }) => schema)].filter((name) => name !== undefined);
}

function printCodec(shape: NamedShape): string[] {
  const { name, type } = shape;
  return [
    ...docComment(`Reads and writes a {@link ${type}}.`),
    `export const ${name}Codec: Codec<${type}> = /* @__PURE__ */ codec(() => ${bodyExpression(shape)});`,
    "",
  ];
}
