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

test("a Node that is too old is refused in one sentence and with exit code 2, before the command runs", async () => {
  const run = vi.fn();
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  for (const node of [`${major + 1}.0`, `${major}.${minor + 1}`]) {
    expect(await call([], { node, run })).toBe(2);
    expect(err.splice(0)).toEqual([`demo: needs Node ${node} or newer, this is ${process.versions.node}`]);
  }
  expect(run).not.toHaveBeenCalled();
  for (const node of [`${major}.${minor}`, `${major - 1}.99`]) expect(await call([], { node })).toBe(0);
});

test("options and arguments reach the command, and its exit code is returned", async () => {
  const run = vi.fn(() => 7);
  expect(await call(["--port", "8080", "--quiet", "one", "--", "--two"], { run, hasArguments: true })).toBe(7);
  expect(run).toHaveBeenCalledWith({ port: "8080", quiet: true }, ["one", "--two"]);
  expect(await call(["--", "--port", "1"], { run })).toBe(7);
  expect(run).toHaveBeenLastCalledWith({ port: "1" }, []);
});

test.each([
  [["--prot"], 'option "--prot" is not known'],
  [["-p"], 'option "-p" is not known'],
  [["--toString"], 'option "--toString" is not known'],
  [["--port"], 'option "--port" needs a value'],
  [["--port", "--quiet"], 'option "--port" needs a value; write --port=--quiet if "--quiet" is meant'],
  [["--quiet=yes"], 'option "--quiet" takes no value'],
  [["extra"], 'argument "extra" is not expected'],
])("wrong use %j is one line with advice, and exit code 2", async (args, message) => {
  const run = vi.fn();
  expect(await call(args, { run })).toBe(2);
  expect(err).toEqual([`demo: ${message}; see demo --help`]);
  expect(run).not.toHaveBeenCalled();
});

test("the advice after wrong use names the call", async () => {
  expect(await call(["--prot"], { call: "npm run demo --" })).toBe(2);
  expect(err).toEqual(['demo: option "--prot" is not known; see npm run demo -- --help']);
});

test("a value that begins with a dash is read after an equals sign", async () => {
  const run = vi.fn();
  expect(await call(["--port=-1"], { run })).toBe(0);
  expect(run).toHaveBeenCalledWith({ port: "-1" }, []);
});

test.each([
  ["an error of the program", new Error("the port is in use"), "the port is in use"],
  ["an error of the system", Object.assign(new TypeError("bad port"), { code: "ERR_SOCKET_BAD_PORT" }), "bad port"],
  [
    "a refused connection",
    new AggregateError([new Error("connect ECONNREFUSED ::1:5432")], ""),
    "connect ECONNREFUSED ::1:5432",
  ],
])("%s is one line without a stack, and exit code 1", async (_, error, message) => {
  expect(await call([], { run: () => Promise.reject(error) })).toBe(1);
  expect(err).toEqual([`demo: ${message}`]);
});

test.each([new TypeError("x is not a function"), new RangeError("Invalid time value"), "a text"])(
  "an error that nobody foresaw, %s, is called a bug, and has no stack",
  async (error) => {
    const run = () => {
      throw error;
    };
    expect(await call([], { run })).toBe(1);
    expect(err).toEqual([
      `demo: ${error instanceof Error ? error.message : error}`,
      "This is a bug in demo, please report it: https://github.com/codegames-gg/api-hub/issues" +
        "; CODEGAMES_STACK=1 shows where",
    ]);
  },
);

test("CODEGAMES_STACK=1 prints the stack of every error", async () => {
  vi.stubEnv("CODEGAMES_STACK", "1");
  for (const error of [new Error("foreseen"), new TypeError("unforeseen")]) {
    expect(await call([], { run: () => Promise.reject(error) })).toBe(1);
    expect(err.splice(0).at(-1)).toMatch(/\n\s+at /);
  }
});

test("values out of range name the option, what is allowed, and the value", () => {
  expect(wholeNumber("--port", "80", 1, 65_535)).toBe(80);
  for (const text of ["0", "65536", "1.5", "-1", "", "1e3", " 1"]) {
    expect(() => wholeNumber("--port", text, 1, 65_535)).toThrow(WrongUse);
  }
  const refusal = '--port must be a whole number from 1 to 9; got "x"';
  expect(() => wholeNumber("--port", "x", 1, 9)).toThrow(refusal);
  expect(oneOf("--only", "folder", ["postgres", "folder"])).toBe("folder");
  expect(() => oneOf("--only", "disk", ["postgres", "folder"])).toThrow(
    '--only must be one of postgres, folder; got "disk"',
  );
});
