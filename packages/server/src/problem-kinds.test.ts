import { operations, problemTypes } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";
import { expect, test } from "vitest";
import { type ProblemKind, problemKinds } from "./problem-kinds.ts";

const problems = Object.values(examples).flatMap(({ responses }) =>
  Object.entries(responses).flatMap(([httpStatus, answers]) =>
    Object.values(answers as Record<string, { type?: string }>).map(({ type }) => ({ httpStatus, type })),
  ),
);

test.each(problems.filter(({ httpStatus }) => httpStatus !== "200"))(
  "the contract's example of HTTP $httpStatus has the type of a kind that a handler answers with it",
  ({ httpStatus, type = "" }) => {
    const [page, kind] = type.split("#");
    expect(page).toBe(problemTypes);
    expect(String(problemKinds[kind as ProblemKind][0])).toBe(httpStatus);
  },
);

test("every problem that the contract declares has an example", () => {
  const declared = Object.values(operations).flatMap(({ problems: codecs }) => Object.keys(codecs));
  expect(problems.filter(({ httpStatus }) => httpStatus !== "200")).toHaveLength(declared.length);
  expect(declared.length).toBeGreaterThan(20);
});
