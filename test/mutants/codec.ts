import type { Mutant } from "./client.ts";

/** Faults of the tolerant reader of answers that would cost a merchant or a customer money. */
export const codecMutants: Mutant[] = [
  {
    name: "excuse what decides",
    file: "drift.ts",
    from: 'if (schema.role === "decides-nothing") return true;',
    to: 'if (schema.role !== "echo") return true;',
  },
  {
    name: "excuse a required member that decides and is missing",
    file: "drift.ts",
    from: 'if (schema.role === "decides") return false;',
    to: "",
  },
  {
    name: "take a status that drifts",
    file: "drift.ts",
    from: 'if (schema.kind === "string" && type === "number") {',
    to:
      'if (schema.kind === "literals") return schema.rule[0]?.value as string; ' +
      'if (schema.kind === "string" && type === "number") {',
  },
  {
    name: "take an unreadable echo for absent",
    file: "drift.ts",
    from: "return (this.isEchoUnread = true);",
    to: "return true;",
  },
  {
    name: "lose the body of a secret that cannot be read",
    file: "drift.ts",
    from: "leadsToSecret(schema) && (this.isSecretUnread = true)",
    to: "leadsToSecret(schema)",
  },
  {
    name: "deliver a numeric secret without a word",
    file: "drift.ts",
    from: "if (isSecret) this.isSecretDoubtful = true;",
    to: "",
  },
  {
    name: "show a numeric secret in clear",
    file: "drift.ts",
    from: "isSecret ? conceal(value) : value",
    to: "value",
  },
  {
    name: "read the digits of a text through a double",
    file: "drift.ts",
    from: "const digits = String(reader.number());",
    to: "const digits = String(BigInt(Math.trunc(Number(reader.number()))));",
  },
  {
    name: "read the digits of an int64 through a double",
    file: "drift.ts",
    from: "checkRange(BigInt(text), schema.rule",
    to: "checkRange(BigInt(Number(text)), schema.rule",
  },
  {
    name: "take 50.000 for a price",
    file: "drift.ts",
    from: "(?:\\.[0-9]{1,2})?$/",
    to: "(?:\\.[0-9]+)?$/",
  },
  {
    name: "take zero for a text",
    file: "drift.ts",
    from: "/^[1-9]\\d*$/.test(digits)",
    to: "/^\\d+$/.test(digits)",
  },
  {
    name: "take a number that a double rounds",
    file: "number.ts",
    from: "return significant(literal) === significant(String(Number(literal)));",
    to: "return true;",
  },
  {
    name: "tolerate a repeated name of an excused member",
    file: "read.ts",
    from: "if (Object.hasOwn(value, name)) throw repeated();",
    to: "if (value[name] !== undefined) throw repeated();",
  },
  {
    name: "take every list for an empty object",
    file: "drift.ts",
    from: ": reader.enter(bracket))) return false;",
    to: ": !reader.any())) return false;",
  },
  {
    name: "keep what the first variant excused",
    file: "read.ts",
    from: "reader.drift?.reset();",
    to: "",
  },
  {
    name: "show the names of foreign members",
    file: "read.ts",
    from: 'reader.drift?.prefix("/*", noted);',
    to: "",
  },
  {
    name: "believe a refusal with the key of a sale",
    file: "foreign-secret.ts",
    from: 'typeof value === "string" ? value !== ""',
    to: 'typeof value === "string" ? false',
  },
];
