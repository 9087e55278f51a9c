import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { callExamples, documentFile, type ExampleCall, startMock } from "@codegames/mock";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const columns: { title: string; width: number; cell: (call: ExampleCall) => string }[] = [
  { title: "operation", width: 9, cell: ({ operation }) => operation },
  { title: "example", width: 20, cell: ({ example }) => example },
  { title: "HTTP", width: 4, cell: ({ httpStatus }) => String(httpStatus ?? "-") },
  { title: "status", width: 20, cell: ({ status }) => status ?? "-" },
  { title: "outcome", width: 9, cell: ({ outcome }) => outcome },
  { title: "ms", width: 6, cell: ({ elapsedMs }) => elapsedMs.toFixed(1).padStart(6) },
];

/**
 * Calls every example of the contract, which Prism serves, through the client, and prints one row per call. Returns
 * whether all of them came back as the contract says.
 *
 * @throws {Error} When Prism does not start.
 */
export async function callEveryExample(): Promise<boolean> {
  console.log("Starting Prism on the bundled contract");
  const mock = await startMock();
  console.log(`Prism serves ${mock.url}; calling every example through the generated client\n`);
  const mismatched: ExampleCall[] = [];
  let count = 0;
  try {
    console.log(
      styleText(
        "bold",
        line(({ title }) => title),
      ),
    );
    for await (const call of callExamples(mock.url)) {
      count++;
      const isMismatched = call.mismatches.length > 0;
      if (isMismatched) mismatched.push(call);
      console.log(
        styleText(
          isMismatched ? "red" : "reset",
          line(({ cell }) => cell(call)),
        ),
      );
    }
  } finally {
    await mock.stop();
  }
  for (const { operation, example, mismatches } of mismatched) {
    console.error(styleText("red", `\n${operation} ${example}: ${mismatches.join("; ")}`));
  }
  console.log(`
${count - mismatched.length} of ${count} examples came back as the contract says

packages          packages/contract, packages/client, packages/server
bundled contract  ${relative(root, documentFile).replaceAll("\\", "/")}`);
  return count > 0 && mismatched.length === 0;
}

function line(cell: (column: (typeof columns)[number]) => string): string {
  return columns
    .map((column) => cell(column).padEnd(column.width))
    .join("  ")
    .trimEnd();
}
