import { readFileSync } from "node:fs";
import { WrongUse } from "@codegames/command-line";

/** The key with which the merchant of `--hmac` signs. */
export interface HmacKeyOption {
  keyId: string;
  secret: Uint8Array;
  /** The file of the secret; undefined when the environment has it. */
  file: string | undefined;
}

/** Holds the secret of `--hmac` where no other user of the machine can see it, unlike a command line. */
export const secretVariable = "CODEGAMES_HMAC_SECRET";

/**
 * Reads `--hmac` and `--hmac-secret`; undefined when neither is there.
 *
 * @throws A `WrongUse` for a key that cannot be used, an `Error` for a file that cannot be read. Neither shows the
 *   value of `--hmac-secret`, which could be the secret itself.
 */
export function readHmacKey(
  keyId: string | undefined,
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): HmacKeyOption | undefined {
  if (keyId === undefined) {
    if (file !== undefined) throw new WrongUse("--hmac-secret needs --hmac KEY_ID");
    return undefined;
  }
  if (!/^[!#-[\]-~]+$/.test(keyId) || /^(undefined|null)$/.test(keyId)) {
    throw new WrongUse("--hmac must be a key id of visible ASCII characters without quotes and backslashes");
  }
  const given = file === undefined ? Buffer.from(env[secretVariable] ?? "") : readSecretFile(file);
  if (given.length === 0) {
    throw new WrongUse(`--hmac needs a secret: set ${secretVariable}, or name a file with --hmac-secret`);
  }
  if (given.length < 16) {
    throw new WrongUse(`the secret of --hmac must have 16 bytes or more (RFC 2104 advises 32); it has ${given.length}`);
  }
  return { keyId, secret: given, file };
}

/** An editor ends the last line, and no secret ends so. */
function readSecretFile(file: string): Buffer {
  try {
    const bytes = readFileSync(file);
    const end = bytes.at(-1) !== 0x0a ? 0 : bytes.at(-2) === 0x0d ? 2 : 1;
    return bytes.subarray(0, bytes.length - end);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`cannot read the file that --hmac-secret names (${code}); the secret itself is no argument`, {
      cause: error,
    });
  }
}
