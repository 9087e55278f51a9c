import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { platform, arch } = process;

/** The file of a runtime that npm installs for this platform; undefined when it has none for it. */
export function findBinary(runtime: "bun" | "deno" | "workerd" | "node-22" | "node-26"): string | undefined {
  if (runtime === "bun") {
    return inPlatformPackage("bun", `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, "bin/bun");
  }
  if (runtime === "deno") {
    return inPlatformPackage("deno", `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, "deno");
  }
  if (runtime === "workerd") {
    return inPlatformPackage("workerd", `@cloudflare/workerd-${platform}-${arch.replace("x64", "64")}`, "bin/workerd");
  }
  return inPlatformPackage("@codegames/test-nodes", runtime, "bin/node");
}

/** The package of the name depends on one for each platform, and only that of this platform is installed. */
function inPlatformPackage(name: string, platformPackage: string, file: string): string | undefined {
  return inPackage(createRequire(require.resolve(`${name}/package.json`)), platformPackage, file);
}

function inPackage(from: NodeJS.Require, name: string, file: string): string | undefined {
  try {
    const path = join(from.resolve(`${name}/package.json`), "..", file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
