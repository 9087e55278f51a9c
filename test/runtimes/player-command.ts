/**
 * Plays on a runtime with a command line: `player-command.js FETCH BASE_URL PURCHASE…` prints the outcomes as JSON.
 * `FETCH` is `default`, or `own` for a function that calls the global one as an application's would.
 */
import type { Fetch } from "@codegames/client";
import { play } from "./player.ts";

const [which, baseUrl = "", ...purchases] = process.argv.slice(2);
const fetch: Fetch | undefined = which === "own" ? (url, init) => globalThis.fetch(url, init) : undefined;
console.log(JSON.stringify(await play(baseUrl, purchases, fetch)));
