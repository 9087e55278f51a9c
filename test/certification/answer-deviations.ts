import { readAnswer } from "@codegames/codec";
import { operations } from "@codegames/contract";
import type { Answer } from "./caller.ts";

/** How an answer is written differently from the contract, though a tolerant reader understands it; a line each. */
export function deviationsOf({ path, code, headers, text }: Answer): string[] {
  const type = headers.get("content-type") ?? "none";
  const declared = code === 200 ? "application/json" : "application/problem+json";
  const faults = typeFaults(type, declared);
  const operation = Object.values(operations).find((each) => each.path === path);
  const isAnswer = code === 200 && operation;
  return [...faults, ...listEmptyMembers(text), ...(isAnswer ? listDeviations(operation, text) : [])].map(
    (fault) => `${path} ${code}: ${fault}`,
  );
}

function listDeviations({ response }: (typeof operations)[keyof typeof operations], text: string): string[] {
  const read = readAnswer<unknown>(response.codec, text);
  if (!read.ok) return [`${read.issue.pointer || "the answer"} is off contract`];
  return read.drift.deviations.map(({ pointer, expected, actual }) => `${pointer} ${expected}, is ${actual}`);
}

function typeFaults(type: string, declared: string): string[] {
  const [media = "", ...parameters] = type.toLowerCase().split(";");
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith("charset="));
  return [
    ...(media.trim() === declared ? [] : [`the media type must be ${declared}, is ${type}`]),
    ...(charset === undefined || /^charset="?utf-8"?$/.test(charset) ? [] : [`${charset} must be UTF-8 or absent`]),
  ];
}

/** Members that are `null` or `[]` where the contract has them absent; only a comment may be `null`. */
function listEmptyMembers(text: string): string[] {
  const body: unknown = parse(text);
  if (typeof body !== "object" || body === null) return ["the body must be a JSON object"];
  return Object.entries(body)
    .filter(([name, value]) => (value === null && name !== "comment") || (Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} must be absent, is ${JSON.stringify(value)}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
