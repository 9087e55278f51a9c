import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { oneOf, wholeNumber } from "./option-values.ts";
import { type Command, runCommand } from "./run-command.ts";
import { WrongUse } from "./wrong-use.ts";

const options = { port: { type: "string", default: "80" }, quiet: { type: "boolean" } } as const;

const out: string[] = [];
const err: string[] = [];

beforeEach(() => {
  out.length = err.length = 0;
  vi.spyOn(console, "log").mockImplementation((text) => void out.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text) => void err.push(String(text)));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const call = (args: string[], changes: Partial<Command<typeof options>> = {}) =>
  runCommand({ name: "demo", help: "the help", node: "22.13", options, run: () => {}, ...changes }, args);

test("--help answers first, whatever else the command line holds, and does not run the command", async () => {
  const run = vi.fn();
  for (const args of [["--help"], ["-h"], ["--wrong", "--help"], ["argument", "--help"]]) {
    expect(await call(args, { run, node: "99.0" })).toBe(0);
  }
  expect(out).toEqual(Array.from({ length: 4 }, () => "the help"));
  expect([run.mock.calls, err]).toEqual([[], []]);
});

test("--version answers with the version, and is no option of a command without one", async () => {
  expect(await call(["--version"], { version: "1.2.3" })).toBe(0);
  expect(out).toEqual(["1.2.3"]);
  expect(await call(["--version"])).toBe(2);
});

test("a Node that is too old is refused in one sentence, before the command runs", async () => {
  const run = vi.fn();
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  for (const node of [`${major + 1}.0`, `${major}.${minor + 1}`]) {
    expect(await call([], { node, run })).toBe(1);
    expect(err.pop()).toBe(`demo: needs Node ${node} or newer, this is Node ${process.versions.node}`);
  }
  for (const node of [`${major}.${minor}`, `${major - 1}.99`]) expect(await call([], { node })).toBe(0);
  expect(run).not.toHaveBeenCalled();
});

test("options and arguments reach the command, and its exit code is returned", async () => {
  const run = vi.fn(() => 7);
  expect(await call(["--port", "8080", "--quiet", "one", "--", "--two"], { run, hasArguments: true })).toBe(7);
  expect(run).toHaveBeenCalledWith({ port: "8080", quiet: true }, ["one", "--two"]);
  expect(await call(["--", "--port", "1"], { run })).toBe(7);
  expect(run).toHaveBeenLastCalledWith({ port: "1" }, []);
});

test.each([
  [["--prot"], "demo: Unknown option '--prot'; see demo --help"],
  [["argument"], "demo: Unexpected argument 'argument'; see demo --help"],
  [["--port"], "demo: Option '--port <value>' argument missing; see demo --help"],
])("wrong use %j is one line with advice, and exit code 2", async (args, line) => {
  expect(await call(args)).toBe(2);
  expect(err.map((text) => text.split(". This command")[0]).join()).toContain(line.split(";")[0]);
  expect(err).toHaveLength(1);
  expect(err[0]).toMatch(/; see demo --help$/);
});

test("an error of the command is one line without a stack, which the environment can ask for", async () => {
  const run = () => Promise.reject(new Error("the port is in use"));
  expect(await call([], { run })).toBe(1);
  expect(err).toEqual(["demo: the port is in use"]);
  vi.stubEnv("CODEGAMES_STACK", "1");
  expect(await call([], { run })).toBe(1);
  expect(err.at(-1)).toMatch(/\n\s+at /);
});

test("values out of range name the option, what is allowed, and the value", () => {
  expect(wholeNumber("--port", "80", 1, 65_535)).toBe(80);
  for (const text of ["0", "65536", "1.5", "-1", "", "1e3", " 1"]) {
    expect(() => wholeNumber("--port", text, 1, 65_535)).toThrow(WrongUse);
  }
  const refusal = '--port must be a whole number from 1 to 9; got "x"';
  expect(() => wholeNumber("--port", "x", 1, 9)).toThrow(refusal);
  expect(oneOf("--only", "folder", ["postgres", "folder"])).toBe("folder");
  expect(() => oneOf("--only", "disk", ["postgres", "folder"])).toThrow('--only must be one of postgres, folder; got "disk"');
});
