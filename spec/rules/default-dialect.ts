import type { Oas3Rule } from "@redocly/openapi-core";

/** Refuses a `jsonSchemaDialect`: tools report the name of any dialect but that of OpenAPI 3.1 as an error. */
export const defaultDialect: Oas3Rule = () => ({
  Root(root, { location, report }) {
    if (!("jsonSchemaDialect" in root)) return;
    const message = `The contract names the dialect ${JSON.stringify(root.jsonSchemaDialect)}; it must name none`;
    report({ message, location: location.child(["jsonSchemaDialect"]).key() });
  },
});
