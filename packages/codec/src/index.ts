/** The code under every printed codec, client and provider. It knows schemas and operations, and no contract. */
export { type Codec, codec, type Decoded, type Encodable, type Encoded, type SchemaOf } from "./codec.ts";
export type { Deviation } from "./drift.ts";
export { errorWithoutValues } from "./error-without-values.ts";
export { describeIssue, type Issue } from "./fault.ts";
export type { Operation, OutcomeClass } from "./operation.ts";
export { readAnswer, type AnswerDrift, type ReadAnswer } from "./read-answer.ts";
export { readRequest, type ReadRequest } from "./read-request.ts";
export { conceal, reveal, type Secret } from "./secret.ts";
