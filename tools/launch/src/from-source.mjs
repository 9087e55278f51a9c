// Loaded by `--import`: lets a program print its help before anything is built.
import { registerHooks } from "node:module";

const source = new URL("../../../packages/command-line/src/index.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === "@codegames/command-line" ? source : specifier, context),
});
