// Runs the verifier of Pact once in its own process, because its native code writes straight to standard output.
// Uses pact-core, because the proxy of pact-js (17.1) parses and prints request bodies again, which rounds an int64.
import { Verifier, type VerifierOptions } from "@pact-foundation/pact-core";

async function verify(options: VerifierOptions): Promise<string> {
  try {
    return await new Verifier(options).verify();
  } catch (error) {
    // The error of a failed verification has the same text as a successful result.
    return (error as Error).message;
  }
}

process.once("message", (options: VerifierOptions) => {
  void verify(options).then((text) => process.send!(text, () => process.exit()));
});
