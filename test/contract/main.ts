// npm run pact: writes the pact that @codegames/contract publishes.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exercise, readPact } from "./consumer.ts";
import { interactions } from "./interactions.ts";
import { pactFile } from "./pact-file.ts";

const dir = mkdtempSync(join(tmpdir(), "codegames-pact-"));
for (const interaction of interactions) await exercise(interaction, dir);
mkdirSync(new URL(".", pactFile), { recursive: true });
writeFileSync(pactFile, readPact(dir));
rmSync(dir, { recursive: true });
console.log(`${interactions.length} interactions: ${fileURLToPath(pactFile)}`);
