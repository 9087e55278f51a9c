import { fileURLToPath } from "node:url";
import type { Sandbox } from "@codegames/sandbox";

/** The contract as one file: all that a foreign tool gets. `npm run foreign -- --contract FILE` names another. */
export const contractFile =
  process.env["FOREIGN_CONTRACT"] ?? fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json"));

/** What was seen of a tool, by what was looked at: `repeat: "PayRefused TXN_DUPLICATE"`. */
export type Seen = Record<string, string>;

/** A tool by somebody else that knows nothing of this project but its contract. */
export interface ForeignTool {
  id: string;
  /** The npm package, or packages, whose version the table shows. */
  packages: readonly string[];
  /** Whether it takes part in `npm test`; the others need minutes to install, and run in `npm run foreign`. */
  isQuick: boolean;
  /**
   * Feeds it the contract and buys with what it makes of it.
   *
   * @throws A `NotHere` when the machine lacks what the tool runs on
   */
  look(hub: Sandbox): Promise<Seen>;
}
