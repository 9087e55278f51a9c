import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRetryQueue } from "../open-retry-queue.ts";
import { lockFolder } from "./folder-lock.ts";

const client = { pay: async () => ({}) as never, status: async () => ({}) as never };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "codegames-queue-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (database: string) => openRetryQueue({ client, onSettled: () => {}, database });

test("only one queue at a time opens a folder, and the folder keeps its operations", async () => {
  const database = join(folder, "queue");
  const queue = await open(database);
  await queue.watch({ txn_id: "A-1" });
  await expect(open(database)).rejects.toMatchObject({
    code: "folder-in-use",
    message: expect.stringContaining(`folder ${database} is in use by process ${process.pid};`),
  });
  await queue.stop();
  const again = await open(database);
  expect(await again.get("A-1")).toMatchObject({ state: "pending" });
  await again.stop();
});

test("a folder can be opened again after its process was killed", async () => {
  const script = `
    import { lockFolder } from ${JSON.stringify(new URL("folder-lock.ts", import.meta.url).href)};
    lockFolder(${JSON.stringify(folder)});
    console.log("locked");
    setInterval(() => {}, 1000);
  `;
  const args = ["--no-warnings", "--input-type=module-typescript", "-e", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(() => lockFolder(folder)).toThrow(`is in use by process ${child.pid};`);
  child.kill("SIGKILL");
  await once(child, "close");
  lockFolder(folder)();
});

test("a folder of something else, or of another version, is refused and not touched", async () => {
  writeFileSync(join(folder, "photo.jpg"), "not a queue");
  await expect(open(folder)).rejects.toMatchObject({
    code: "foreign-database",
    message: expect.stringContaining("is not empty and not a queue's: it holds photo.jpg"),
  });
  expect(readdirSync(folder)).toEqual(["photo.jpg"]);
  rmSync(join(folder, "photo.jpg"));
  writeFileSync(join(folder, "version"), "99\n");
  await expect(open(folder)).rejects.toMatchObject({
    code: "foreign-database",
    message: expect.stringContaining('has layout version "99", and this package has 1'),
  });
  expect(readdirSync(folder)).toEqual(["version"]);
  expect(readFileSync(join(folder, "version"), "utf8")).toBe("99\n");
});
