import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCommand } from "@codegames/command-line";

const help = `vectors: prints the test vectors of @codegames/contract from the cases in test/vectors

  npm run vectors              writes packages/contract/vectors/*.json
  npm run vectors -- --check   writes nothing, and names each file that is not as the cases have it
  --help                       this text

Exit codes: 0 written, or all is as it should be; 1 a file differs; 2 wrong use.
`;

const folder = new URL("../../packages/contract/vectors/", import.meta.url);

process.exitCode = await runCommand({
  name: "vectors",
  call: "npm run vectors --",
  help,
  node: "24",
  options: { check: { type: "boolean" } },
  async run({ check = false }) {
    const { findDrift, printVectors } = await import("./print.ts");
    const drift = findDrift(folder);
    if (!check) for (const [name, text] of Object.entries(printVectors())) writeFileSync(new URL(name, folder), text);
    for (const name of drift) console.log(`${fileURLToPath(new URL(name, folder))} ${check ? "differs" : "is new"}`);
    return check && drift.length > 0 ? 1 : 0;
  },
});
