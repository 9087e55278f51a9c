// Lints the contract, whose file is the argument, and prints the problems as one line of JSON.
import { readFileSync } from "node:fs";
import core from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";

const spectral = new core.Spectral();
spectral.setRuleset(new core.Ruleset({ extends: [[rulesets.oas, "recommended"]] }));
const problems = await spectral.run(JSON.parse(readFileSync(process.argv[2], "utf8")));
const list = [...new Set(problems.map(({ code }) => String(code)))].join(", ");
console.log(JSON.stringify({ document: list === "" ? "no problem" : list }));
