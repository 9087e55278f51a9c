import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { generate } from "./generate.ts";
import { folderLayout } from "./layout.ts";
import { taken } from "./normalise/contract.ts";
import { Refusal } from "./refusal.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));
const cases = join(folder, "cases");
const isUpdate = process.env["UPDATE_CASES"] === "1";

process.chdir(folder);

describe("a printed document", () => {
  test.each(readdirSync(join(cases, "printed")))("%s is printed as expected", async (name) => {
    const expected = join(cases, "printed", name, "expected");
    const files = await generate(join(cases, "printed", name, "openapi.yaml"), folderLayout(expected));
    if (isUpdate) replace(expected, files);
    const paths = [...files.keys()].map((file) => relative(expected, file)).sort();
    expect(
      readdirSync(expected, { recursive: true })
        .map(String)
        .filter((path) => path.includes("."))
        .sort(),
    ).toEqual(paths);
    for (const [file, text] of files) expect(text, file).toBe(readFileSync(file, "utf8"));
  });

  test("is the same, byte for byte, every time and in every folder", async () => {
    const spec = join(cases, "printed/keywords/openapi.yaml");
    const first = await generate(spec, folderLayout("/one"));
    const second = await generate(spec, folderLayout("/two"));
    expect([...second.values()]).toEqual([...first.values()]);
  });

  test("compiles under the strictest settings, the proof of equal types included", async () => {
    const root = join(folder, "dist/cases");
    rmSync(root, { recursive: true, force: true });
    for (const name of readdirSync(join(cases, "printed"))) {
      const files = await generate(join(cases, "printed", name, "openapi.yaml"), folderLayout(join(root, name)));
      for (const [file, text] of files) write(file, text);
    }
    expect(compile(root)).toBe("");
  });

  test("exports no name that a schema may have", async () => {
    const printed = await generate(join(cases, "printed/many-files/openapi.yaml"), folderLayout("/one"));
    const index =
      printed
        .get("/one/contract/index.ts")
        ?.match(/^export (?:type )?\{.*\}/gm)
        ?.join() ?? "";
    const names = index.match(/\b[A-Z]\w*/g) ?? [];
    expect(names).toContain("OutcomeClass");
    expect(names.filter((name) => !taken.includes(name) && !name.endsWith("Codec"))).toEqual([]);
  });

  test("does not compile once a type and its check differ", async () => {
    const root = join(folder, "dist/unequal");
    const files = await generate(join(cases, "printed/many-files/openapi.yaml"), folderLayout(root));
    for (const [file, text] of files) {
      write(file, file.endsWith("types.ts") ? text.replace("Moment: bigint", "Moment: number") : text);
    }
    expect(compile(root)).toMatch(/equality\.ts.*Type 'false' does not satisfy the constraint 'true'/);
  });
});

describe("a refused document", () => {
  test.each(readdirSync(join(cases, "refused")))("%s is refused with its place and the reason", async (name) => {
    const expected = join(cases, "refused", name, "refusal.txt");
    const spec = relative(folder, join(cases, "refused", name, "openapi.yaml"));
    const error = await generate(spec, folderLayout("/nowhere")).then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    expect(error).toBeInstanceOf(Refusal);
    const { message } = error as Refusal;
    if (isUpdate) writeFileSync(expected, `${message}\n`);
    expect(`${message}\n`).toBe(readFileSync(expected, "utf8"));
  });
});

/** What the compiler says of the files in a folder; nothing when all is well. */
function compile(root: string): string {
  write(
    join(root, "tsconfig.json"),
    JSON.stringify({ extends: "../../../../tsconfig.base.json", include: ["."], exclude: [] }),
  );
  const { stdout } = spawnSync(join(folder, "../../node_modules/.bin/tsc"), ["-p", root], { encoding: "utf8" });
  return stdout;
}

function replace(root: string, files: Map<string, string>): void {
  rmSync(root, { recursive: true, force: true });
  for (const [file, text] of files) write(file, text);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
