/** The code under every printed codec, client and provider. It knows schemas and operations, and no contract. */
export { type Codec, codec, type Decoded, type Encodable, type Encoded } from "./codec.ts";
export { describeIssue, type Issue } from "./fault.ts";
export type { Operation, OutcomeClass } from "./operation.ts";
export { conceal, reveal, type Secret } from "./secret.ts";
