import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, OptionDefaults, TSConfigReader, type TypeDocOptions } from "typedoc";
import { load as markdown } from "typedoc-plugin-markdown";
import { packages, referenceSlug } from "./pages.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface ReferencePage {
  slug: string;
  markdown: string;
}

interface Module {
  /** Such as `@codegames/client/undici`. */
  name: string;
  /** Path of the source in the repository. */
  file: string;
  /** Slug of its page on the site. */
  slug: string;
}

const modules: Module[] = packages.flatMap(({ name, modules: sources }) =>
  Object.entries(sources).map(([path, source]) => ({
    name: `@codegames/${name}${path}`,
    file: `packages/${name}/src/${source}.ts`,
    slug: referenceSlug(name, path),
  })),
);

/**
 * Writes a reference page for every module that a package exports, from its docstrings.
 *
 * @throws {Error} When TypeDoc cannot read a package or reports a faulty docstring
 */
export async function buildReference(): Promise<ReferencePage[]> {
  const out = mkdtempSync(join(tmpdir(), "codegames-reference-"));
  try {
    const app = await Application.bootstrapWithPlugins(typedocOptions(out), [new TSConfigReader()]);
    const project = await app.convert();
    if (!project) throw new Error("docs: TypeDoc could not read the packages");
    await app.generateOutputs(project);
    if (app.logger.hasErrors() || app.logger.hasWarnings()) {
      throw new Error("docs: TypeDoc found faults in the docstrings, see above");
    }
    return modules.map((module) => ({ slug: module.slug, markdown: readPage(out, module) }));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function typedocOptions(out: string): Partial<TypeDocOptions> {
  return {
    entryPoints: modules.map(({ file }) => join(root, file)),
    basePath: join(root, "packages"),
    out,
    tsconfig: join(root, "tools/docs/tsconfig.reference.json"),
    plugin: [markdown],
    // openapi-typescript writes these tags.
    blockTags: [...OptionDefaults.blockTags, "@description", "@constant"],
    // TypeDoc brings an older compiler; `npm test` compiles the sources with the right one.
    skipErrorChecking: true,
    // A public type may use a type that its package does not export.
    validation: { notExported: false },
    excludeInternal: true,
    disableSources: true,
    readme: "none",
    logLevel: "Warn",
    ...markdownOptions,
  };
}

/** Options of typedoc-plugin-markdown, which the type of TypeDoc's options does not know. */
const markdownOptions: object = {
  router: "module",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
};

/** Reads the page that TypeDoc wrote for a module, with the module's name as title and links to pages of the site. */
function readPage(out: string, { name, file }: Module): string {
  const text = readFileSync(join(out, `${pageOf(file)}.md`), "utf8");
  const linkToSite = (_: string, path: string, anchor = "") => `](${slugOf(path, file)}.html${anchor})`;
  return text.replace(/^# .*$/m, `# ${name}`).replaceAll(/\]\(([^)]*?)\.md(#[^)]*)?\)/g, linkToSite);
}

/** The slug of the page to which TypeDoc links with `path`, on the page of the module `from`. */
function slugOf(path: string, from: string): string {
  const target = new URL(path, new URL(pageOf(from), "file:///")).pathname.slice(1);
  const found = modules.find(({ file }) => pageOf(file) === target);
  if (!found) throw new Error(`docs: the reference links to ${target}, which is not a module of a package`);
  return found.slug;
}

/** The path of TypeDoc's page for a module, without its ending. */
function pageOf(file: string): string {
  return file.replace("packages/", "").replace(/(\/index)?\.ts$/, "");
}
