// Judges the contract, whose file is the argument, and prints what each judge says as one line of JSON.
import { readFileSync } from "node:fs";
import SwaggerParser from "@apidevtools/swagger-parser";
import { validate } from "@hyperjump/json-schema/openapi-3-1";

const read = () => JSON.parse(readFileSync(process.argv[2], "utf8"));
const bySchema = async (name) =>
  (await validate(`https://spec.openapis.org/oas/3.1/${name}`, read())).valid ? "valid" : "invalid";

console.log(
  JSON.stringify({
    schema: await bySchema("schema"),
    "schema-base": await bySchema("schema-base"),
    parser: await SwaggerParser.validate(read()).then(
      () => "valid",
      () => "invalid",
    ),
  }),
);
