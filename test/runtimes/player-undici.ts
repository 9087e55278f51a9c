/** As `player-command.ts`, through `undiciFetch`. */
import { undiciFetch } from "@codegames/client/undici";
import { Agent } from "undici";
import { play } from "./player.ts";

const [baseUrl = "", ...purchases] = process.argv.slice(2);
const fetch = undiciFetch(() => new Agent());
console.log(JSON.stringify(await play(baseUrl, purchases, fetch)));
await fetch.close();
