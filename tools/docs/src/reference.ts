import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, OptionDefaults, TSConfigReader } from "typedoc";
import { load as markdown } from "typedoc-plugin-markdown";
import { packages, referenceSlug } from "./pages.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The reference of every module that the packages export, as Markdown by slug, made by TypeDoc from the docstrings. Throws when a docstring is at fault. */
export async function buildReference(): Promise<{ slug: string; module: string; markdown: string }[]> {
  const modules = packages.flatMap(({ name, modules }) =>
    Object.entries(modules).map(([path, source]) => ({ slug: `reference-${referenceSlug(name, path)}`, module: `@codegames/${name}${path}`, file: `packages/${name}/src/${source}.ts` })));
  const out = mkdtempSync(join(tmpdir(), "codegames-reference-"));
  try {
    const app = await Application.bootstrapWithPlugins(
      {
        entryPoints: modules.map(({ file }) => join(root, file)),
        basePath: join(root, "packages"),
        out,
        tsconfig: join(root, "tools/docs/tsconfig.reference.json"),
        plugin: [markdown],
        // openapi-typescript writes these.
        blockTags: [...OptionDefaults.blockTags, "@description", "@constant"],
        // `npm test` compiles the sources with the compiler that they are for.
        skipErrorChecking: true,
        // What a public type stands on, and does not export, is told where it is used.
        validation: { notExported: false },
        excludeInternal: true,
        disableSources: true,
        readme: "none",
        logLevel: "Warn",
        ...({ router: "module", hidePageHeader: true, hideBreadcrumbs: true, useCodeBlocks: true, parametersFormat: "table", interfacePropertiesFormat: "table", typeAliasPropertiesFormat: "table" } as object),
      },
      [new TSConfigReader()],
    );
    const project = await app.convert();
    if (!project) throw new Error("docs: TypeDoc could not read the packages");
    await app.generateOutputs(project);
    if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("docs: TypeDoc found faults in the docstrings, see above");
    return modules.map(({ slug, module, file }) => ({
      slug,
      module,
      markdown: readFileSync(join(out, `${moduleOf(file)}.md`), "utf8").replace(/^# .*$/m, `# ${module}`).replaceAll(/\]\(([^)]*?)\.md(#[^)]*)?\)/g, (_, path: string, anchor = "") => `](${slugOf(path, file)}.html${anchor})`),
    }));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }

  /** The page that a link of TypeDoc's, from the file of one module to that of another, means. */
  function slugOf(path: string, from: string): string {
    const target = new URL(path, new URL(moduleOf(from), "file:///")).pathname.slice(1);
    const found = modules.find(({ file }) => moduleOf(file) === target);
    if (!found) throw new Error(`docs: the reference links to ${target}, which is no module of a package`);
    return found.slug;
  }
}

/** The file of a module without its ending, as TypeDoc names its page. */
const moduleOf = (file: string): string => file.replace("packages/", "").replace(/(\/index)?\.ts$/, "");
