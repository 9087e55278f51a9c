// Runs the verifier of Pact once, in a process of its own: it writes on the standard output, past whoever reads it here.
// pact-core, because the proxy in the Verifier of pact-js reads and writes request bodies again: an int64 does not survive it.
import { Verifier, type VerifierOptions } from "@pact-foundation/pact-core";

process.once("message", async (options: VerifierOptions) => {
  let result: string;
  try {
    result = await new Verifier(options).verify();
  } catch (error) {
    // Of a failed verification, it has the same text.
    result = (error as Error).message;
  }
  process.send!(result, () => process.exit());
});
