import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import type { TestProject } from "vitest/node";
import { packAll, type Tarballs } from "./pack-all.ts";
import { Project } from "./project.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of all projects, outside the workspace. */
    folder: string;
    tarballs: Tarballs;
    /** Base URL of a sandbox that was installed from its tarball. */
    sandboxUrl: string;
  }
}

export default async function setup(vitest: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "codegames-consumers-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const tarballs = await packAll(folder);
    const sandbox = new Project("sandbox", folder);
    await sandbox.install(tarballs);
    const [port, adminPort] = [await getPort(), await getPort()];
    const stop = await sandbox.start(port, "node_modules/.bin/codegames-sandbox", [
      "--port",
      String(port),
      "--admin-port",
      String(adminPort),
    ]);
    vitest.provide("folder", folder);
    vitest.provide("tarballs", tarballs);
    vitest.provide("sandboxUrl", `http://127.0.0.1:${port}`);
    return () => stop().finally(remove);
  } catch (error) {
    remove();
    throw error;
  }
}
