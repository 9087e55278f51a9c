import { codec, type Operation } from "@codegames/codec";
import * as s from "@codegames/codec/schema";
import { expect, test } from "vitest";
import { productMembers } from "./product-members.ts";

const product = s.named(() =>
  s.object({ id: s.int64(), name: s.string(), region: s.optional(s.string()), code: s.secret(s.optional(s.string())) }),
);
const response = s.union(
  "status",
  [s.object({ status: s.literals("NO") }), "NO"],
  [s.named(() => s.object({ status: s.literals("OK"), product })), "OK"],
);
const operation = { response: { httpStatus: 200, codec: codec(() => response) } } as unknown as Operation;

test("a member that the contract gains is shown, and neither a secret nor what the contract does not know", () => {
  const listing = { name: "Card", region: "KZ", code: "KEY", isInStock: true, supplier: "X", id: undefined };
  expect(productMembers(operation)(listing)).toEqual({ name: "Card", region: "KZ" });
});
