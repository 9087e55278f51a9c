import { readText } from "./content-data.ts";
import type { TableMaker } from "./table-maker.ts";

/** The TypeScript block number INDEX of a README, as `<!-- code FILE INDEX -->`; the tests run these blocks. */
export const printCode: TableMaker = ({ args }) => {
  const [file = "", index = "0"] = args;
  const block = [...readText(file).matchAll(/^```ts\n(.*?)^```$/gms)][Number(index)];
  if (!block) throw new Error(`docs: ${file} has no code block ${index}`);
  return block[0];
};
