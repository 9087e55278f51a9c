import { createHash, timingSafeEqual } from "node:crypto";
import { type AuthRefusal, refused } from "./auth-refusal.ts";

/** The names in `Content-Digest` (RFC 9530, 5), and those of `node:crypto`. The other names there are insecure. */
const algorithms = { "sha-256": "sha256", "sha-512": "sha512" } as const;

const member = "([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):";
const eachMember = new RegExp(member, "g");
const dictionary = new RegExp(`^${member}(?:[ \\t]*,[ \\t]*${member})*$`);

/** Checks a `Content-Digest` against the body: each hash that is known must be right, and one must be known. */
export function checkContentDigest(header: string, body: Uint8Array): { refusal: AuthRefusal } | undefined {
  if (!dictionary.test(header)) {
    return refused("malformed-digest", "Content-Digest must be sha-256=:base64: or sha-512=:base64:");
  }
  const digests = [...header.matchAll(eachMember)].map(([, name = "", base64 = ""]) => ({ name, base64 }));
  const names = digests.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    return refused("malformed-digest", "Content-Digest repeats an algorithm");
  }
  const known = digests.filter(({ name }) => Object.hasOwn(algorithms, name));
  if (known.length === 0) {
    return refused("unsupported-digest", "Content-Digest must have sha-256 or sha-512, has neither");
  }
  for (const { name, base64 } of known) {
    const expected = createHash(algorithms[name as keyof typeof algorithms])
      .update(body)
      .digest();
    const actual = Buffer.from(base64, "base64");
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
      return refused("wrong-digest", `Content-Digest has the ${name} of another body`);
    }
  }
  return undefined;
}
