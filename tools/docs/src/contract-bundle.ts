import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenApi } from "./contract-texts.ts";
import type { Language } from "./language.ts";
import { runRedocly } from "./redocly.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

export interface ContractBundle {
  contract: OpenApi;
  /** The same document as JSON with exact numbers. */
  text: string;
}

/** Bundles the contract into one document; another language than English comes from an overlay. */
export function bundleContract(language: Language): Promise<ContractBundle> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, "openapi.json");
    const overlay = language === "en" ? [] : ["--overlay", `overlays/${language}.yaml`];
    await runRedocly("bundle", "hub", "--output", file, ...overlay);
    const text = withExactBounds(readFileSync(file, "utf8"));
    return { contract: JSON.parse(text) as OpenApi, text };
  });
}

/** Redocly rounds the bounds of int64 to doubles; in this contract every int64 has the same bounds. */
function withExactBounds(json: string): string {
  return json
    .replaceAll("-9223372036854776000", "-9223372036854775808")
    .replaceAll("9223372036854776000", "9223372036854775807");
}
