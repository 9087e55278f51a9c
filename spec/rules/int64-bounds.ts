import type { Oas3Rule } from "@redocly/openapi-core";

/** Requires the type `integer` and both bounds for `format: int64`, so that readers need not know the format. */
export const int64Bounds: Oas3Rule = () => ({
  Schema(schema, { location, report }) {
    if (schema.format !== "int64") return;
    if (schema.type !== "integer") {
      const message = `Schema of format int64 has the type ${JSON.stringify(schema.type)}; it must be "integer"`;
      report({ message, location: schema.type === undefined ? location : location.child(["type"]) });
    }
    if (schema.minimum === undefined && schema.exclusiveMinimum === undefined) {
      report({
        message: "Schema of format int64 has no lower bound; it must have minimum or exclusiveMinimum",
        location,
      });
    }
    if (schema.maximum === undefined && schema.exclusiveMaximum === undefined) {
      report({
        message: "Schema of format int64 has no upper bound; it must have maximum or exclusiveMaximum",
        location,
      });
    }
  },
});
