import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Judgement } from "./answer.ts";

const reader = fileURLToPath(new URL("reader.py", import.meta.url));

/** The interpreter, or undefined where there is none from 3.9 on. */
export const python = ["python3", "python"].find(
  (name) => spawnSync(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0,
);

/** What `reader.py` makes of the answers, all judged by one process. */
export async function judgeAll(answers: readonly Answer[]): Promise<Judgement[]> {
  const lines = answers.map(({ body, ...answer }) =>
    JSON.stringify({ ...answer, bodyBase64: Buffer.from(body).toString("base64") }),
  );
  const child = spawn(python ?? "python3", [reader], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Judgement);
}

/** Lets `reader.py` check files of vectors by itself, and returns what it prints: nothing when all is right. */
export const checkFiles = (...files: string[]): string => {
  const { stdout, stderr } = spawnSync(python ?? "python3", [reader, ...files], { encoding: "utf8" });
  return stdout + stderr;
};
