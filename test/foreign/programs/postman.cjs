// Converts the contract, whose file is the argument, as Postman imports it, and writes collection.json.
const { readFileSync, writeFileSync } = require("node:fs");
const { convertV2 } = require("openapi-to-postmanv2");

// The setting of Postman's import "Parameter generation: Example"; the other one writes "<long>" for a number.
const settings = { parametersResolution: "Example" };
convertV2(
  { type: "string", data: readFileSync(process.argv[2], "utf8") },
  settings,
  (error, { result, reason, output }) => {
    if (error || !result) throw error ?? new Error(reason);
    writeFileSync("collection.json", JSON.stringify(output[0].data));
  },
);
