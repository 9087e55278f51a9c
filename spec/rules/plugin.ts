import type { Plugin } from "@redocly/openapi-core";
import { bearerFirst } from "./bearer-first.ts";
import { decides } from "./decides.ts";
import { defaultDialect } from "./default-dialect.ts";
import { described } from "./described.ts";
import { discriminated } from "./discriminated.ts";
import { enumerated } from "./enumerated.ts";
import { inquiry } from "./inquiry.ts";
import { int64Bounds } from "./int64-bounds.ts";
import { russian } from "./russian.ts";
import { secretMarked } from "./secret-marked.ts";
import { serverName } from "./server-name.ts";
import { statusExample } from "./status-example.ts";
import { statusOutcome } from "./status-outcome.ts";

/** The lint rules of this contract; `spec/README.md` explains each. */
export const plugin: Plugin = {
  id: "codegames",
  rules: {
    oas3: {
      "status-outcome": statusOutcome,
      "status-example": statusExample,
      described,
      russian,
      "int64-bounds": int64Bounds,
      "secret-marked": secretMarked,
      inquiry,
      decides,
      discriminated,
      enumerated,
      "bearer-first": bearerFirst,
      "server-name": serverName,
      "default-dialect": defaultDialect,
    },
  },
};

/** Redocly loads a plugin through the default export. */
export default (): Plugin => plugin;
