#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runCommand } from "@codegames/command-line";
import { help, options, readCommand } from "./command-line.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

process.exitCode = await runCommand({
  name: "codegames-retry-queue",
  help,
  version,
  node: "22.13",
  options,
  hasArguments: true,
  async run(values, args) {
    const command = readCommand(values, args, process.env);
    const { runQueueCommand } = await import("./queue-command.ts");
    return runQueueCommand(command);
  },
});
