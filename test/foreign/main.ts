/** Every foreign tool: see `--help`. */
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { oneOf, runCommand, WrongUse } from "@codegames/command-line";

const help = `foreign: generates or loads the contract with other people's tools, and buys with them

  --only TOOL        one tool, by its name in the table
  --contract FILE    another bundled contract, such as one to come
  --update           write what was seen to the table on the site, with today's date
  --help             this text

PHP names a PHP with curl; php by default. A tool that this machine lacks is left out, with the reason.

Exit codes: 0 every tool does what the table says, 1 one does not, 2 wrong use.
`;

process.exitCode = await runCommand({
  name: "foreign",
  call: "npm run foreign --",
  help,
  node: "24",
  options: {
    only: { type: "string" },
    contract: { type: "string" },
    update: { type: "boolean", default: false },
  },
  async run({ only, contract, update }) {
    if (update && only !== undefined) throw new WrongUse("--update takes every tool");
    if (contract !== undefined) process.env["FOREIGN_CONTRACT"] = resolve(contract);
    // Not before: they read the contract's place.
    const survey = await import("./survey.ts");
    const ids = survey.tools.map(({ id }) => id);
    const id = only === undefined ? undefined : oneOf("--only", only, ids);
    return compareAll(survey, id, update);
  },
});

type Survey = typeof import("./survey.ts");

async function compareAll(survey: Survey, only: string | undefined, isUpdate: boolean): Promise<number> {
  const golden = survey.readGolden();
  const changed: string[] = [];
  const broken: string[] = [];
  for (const tool of survey.tools.filter(({ id }) => only === undefined || id === only)) {
    const row = await survey.survey(tool).catch((error: Error) => error);
    if (row instanceof survey.NotHere) {
      console.log(`${tool.id} is left out: ${row.message}`);
      continue;
    }
    if (row instanceof Error || survey.falseSales(row.seen).length > 0) {
      console.log(`${tool.id} ${row instanceof Error ? row.message : `sells twice: ${JSON.stringify(row.seen)}`}`);
      broken.push(tool.id);
      continue;
    }
    console.log(`${tool.id} ${JSON.stringify(row)}`);
    if (!isDeepStrictEqual(row, golden.tools[tool.id])) changed.push(tool.id);
    if (isUpdate) golden.tools[tool.id] = row;
  }
  for (const [id, reason] of Object.entries(survey.leftOut)) console.log(`${id} is left out: ${reason}`);
  if (isUpdate) survey.writeGolden({ ...golden, date: new Date().toISOString().slice(0, 10) });
  if (changed.length > 0) console.log(`\n${isUpdate ? "Changed" : "Not as the table says"}: ${changed.join(", ")}`);
  if (broken.length > 0) console.log(`\nBroken, or a danger to money: ${broken.join(", ")}`);
  return broken.length > 0 || (changed.length > 0 && !isUpdate) ? 1 : 0;
}
