import { type Contract, type NamedShape, type Operation, receivedName } from "../normalise/model.ts";
import { bodyExpression, printShape } from "../typescript/schema.ts";
import { docComment } from "../typescript/source-file.ts";

/** Prints one `Codec` for the schema of each body, and the schemas behind them. */
export function printCodecs({ shapes, operations }: Contract): string {
  const bodies = new Set(operations.flatMap(bodiesOf));
  const schemas = shapes.filter(({ shape }) => shape.kind !== "other").flatMap(printShape);
  const codecs = shapes.filter(({ name }) => bodies.has(name)).flatMap(printCodec);
  return [
    `import { type Codec, codec } from "@codegames/codec";`,
    `import * as s from "@codegames/codec/schema";`,
    `import type * as types from "./types.ts";`,
    "",
    ...codecs,
    ...schemas,
  ].join("\n");
}

function bodiesOf({ request, response, problems }: Operation): string[] {
  return [request, response.schema, ...problems.map(({ schema }) => schema)].filter((name) => name !== undefined);
}

function printCodec(shape: NamedShape): string[] {
  const { name, type, hasReceivedView } = shape;
  const types = hasReceivedView ? `${type}, types.${receivedName(shape)}` : type;
  return [
    ...docComment(`Reads and writes a {@link ${type}}.`),
    `export const ${name}Codec: Codec<${types}> = /* @__PURE__ */ codec(() => ${bodyExpression(shape)});`,
    "",
  ];
}
