import { join } from "node:path";

/** The module names by which printed files import each other and their runtimes. */
export interface Imports {
  contract: string;
  clientRuntime: string;
  serverRuntime: string;
}

/** The folders of the printed files. */
export interface Layout extends Imports {
  /** The folder around them all. */
  root: string;
  folders: { contract: string; client: string; server: string };
}

/** The packages of this repository. */
export const workspaceLayout = (root: string): Layout => ({
  root,
  folders: {
    contract: join(root, "packages/contract/src/gen"),
    client: join(root, "packages/client/src/gen"),
    server: join(root, "packages/server/src/gen"),
  },
  contract: "@codegames/contract",
  clientRuntime: "../generated-support.ts",
  serverRuntime: "../generated-support.ts",
});

/** Any other folder: three folders in it, over the published runtimes. */
export const folderLayout = (out: string): Layout => ({
  root: out,
  folders: { contract: join(out, "contract"), client: join(out, "client"), server: join(out, "server") },
  contract: "../contract/index.ts",
  clientRuntime: "@codegames/client/runtime",
  serverRuntime: "@codegames/server/runtime",
});
