/** Test support: edits of the released contract, and the first change that each must cause. */
import { fileURLToPath } from "node:url";
import { bundleDocument } from "@codegames/codegen/bundle";
import type { JsonObject } from "@codegames/codegen/document";
import { expect } from "vitest";
import { type Change, impactOf } from "./change.ts";
import { compareContracts } from "./compare.ts";

/** A contract as an edit sees it. */
// oxlint-disable-next-line typescript/no-explicit-any -- edits reach deep into JSON that has no type, and may break it
export type Contract = any;

export type Edit = (contract: Contract) => void;

/** An edit, and the change that must be listed first; `why` is a part of its reason. */
export interface ChangeCase {
  name: string;
  edit: Edit;
  expected: Change;
}

/** Reads and bundles a contract; `file` is relative to `spec/`. */
export async function readContract(file: string): Promise<JsonObject> {
  const { root } = await bundleDocument(fileURLToPath(new URL(`../../../spec/${file}`, import.meta.url)));
  return root;
}

export const released = await readContract("released/openapi.json");

/** Edits a copy of a contract, the released one by default, and compares the two. */
export function compareAfter(edit: Edit, base = released): Promise<Change[]> {
  const contract = structuredClone(base);
  edit(contract);
  return compareContracts(base, contract);
}

/** Expects the change of a case to be listed first, and its impact to be the gravest. */
export async function expectChange({ edit, expected }: ChangeCase): Promise<void> {
  const changes = await compareAfter(edit);
  expect(changes[0]).toMatchObject({ ...expected, why: expect.stringContaining(expected.why) });
  expect(impactOf(changes)).toBe(expected.impact);
}

export const schemas = (contract: Contract) => contract.components.schemas;

/** Adds a status to a schema that has an `enum` of statuses. */
export const addStatus = (schema: string, status: string, outcome: string) => (contract: Contract) => {
  const { enum: values, "x-outcome": outcomes } = schemas(contract)[schema].properties.status;
  values.push(status);
  outcomes[status] = outcome;
};
