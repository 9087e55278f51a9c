/** Plays on a runtime with a command line: `player-command.js BASE_URL PURCHASE…` prints the outcomes as JSON. */
import { play } from "./player.ts";

const [baseUrl = "", ...purchases] = process.argv.slice(2);
console.log(JSON.stringify(await play(baseUrl, purchases)));
