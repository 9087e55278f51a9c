/** Plays on workerd: answers `?baseUrl=…&purchase=…&purchase=…` with what became of the purchases. */
import { play } from "./player.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    return Response.json(await play(searchParams.get("baseUrl") ?? "", searchParams.getAll("purchase")));
  },
};
