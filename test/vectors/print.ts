import { existsSync, readFileSync } from "node:fs";
import type { AnswerCase } from "./answers/answer-case.ts";
import { brokenCases } from "./answers/broken.ts";
import { charsetCases } from "./answers/charsets.ts";
import { driftedCases } from "./answers/drifted.ts";
import { exactCases } from "./answers/exact.ts";
import { httpCodeCases } from "./answers/http-codes.ts";
import { literalCases } from "./answers/literals.ts";
import { numberCases } from "./answers/numbers.ts";
import { unreadCases } from "./answers/unread.ts";
import { signatureVectors } from "./signatures.ts";

/** Every answer of the vectors. */
export const answerCases: AnswerCase[] = [
  ...exactCases,
  ...driftedCases,
  ...literalCases,
  ...charsetCases,
  ...unreadCases,
  ...brokenCases,
  ...httpCodeCases,
];

/** The files of vectors, by name, each as it must be on disk. */
export function printVectors(): Record<string, string> {
  const answers = answerCases.map(({ name, answer: { body, ...answer }, expected }) => ({
    name,
    ...answer,
    bodyBase64: Buffer.from(body).toString("base64"),
    ...textOf(body),
    expected,
  }));
  return {
    "answers.json": print({
      description: "Answers of a provider, and what a reader must make of each",
      readme: "README.md",
      cases: answers,
    }),
    "numbers.json": print({
      description: "Literals of JSON, and the value that a reader must make of each",
      readme: "README.md",
      cases: numberCases,
    }),
    "signatures.json": print(signatureVectors()),
  };
}

/** The files in the folder that are not as the cases have them. */
export const findDrift = (folder: URL): string[] =>
  Object.entries(printVectors()).flatMap(([name, text]) => {
    const file = new URL(name, folder);
    return existsSync(file) && readFileSync(file, "utf8") === text ? [] : [name];
  });

const print = (vectors: object) => `${JSON.stringify(vectors, null, 2)}\n`;

/** The body once more as text, if it is UTF-8, for people who read the file. */
function textOf(body: Uint8Array): { body?: string } {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return {};
  }
}
