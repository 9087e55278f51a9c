import { contractFile, type ForeignTool, type Seen } from "../foreign-tool.ts";
import { install, Workshop } from "../workshop.ts";

/** Runs a program that judges the document. */
async function judge(id: string, packages: string, program: string): Promise<Seen> {
  const workshop = new Workshop(id, await install(packages));
  workshop.copy(program);
  return JSON.parse(await workshop.node(program, [contractFile])) as Seen;
}

const schemas: ForeignTool = {
  id: "openapi-schemas",
  packages: ["@hyperjump/json-schema"],
  isQuick: true,
  look: async () => {
    const { schema = "", "schema-base": base = "" } = await judge("openapi-schemas", "documents", "documents.js");
    return { schema, "schema-base": base };
  },
};

const swaggerParser: ForeignTool = {
  id: "swagger-parser",
  packages: ["@apidevtools/swagger-parser"],
  isQuick: true,
  look: async () => {
    const { parser = "" } = await judge("swagger-parser", "documents", "documents.js");
    return { document: parser };
  },
};

const spectral: ForeignTool = {
  id: "spectral",
  packages: ["@stoplight/spectral-core", "@stoplight/spectral-rulesets"],
  isQuick: false,
  look: () => judge("spectral", "spectral", "spectral.js"),
};

/** Judges of the document itself; they buy nothing. */
export const documents = [schemas, swaggerParser, spectral];
