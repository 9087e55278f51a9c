/** A layer of tests. */
export interface Layer {
  name: string;
  /** Its folders; empty for the unit tests, which lie beside each source. */
  folders: readonly string[];
  proves: string;
}

/** The layers of tests, from the nearest to the code outwards. The order decides which layer owns a rule. */
export const layers: readonly Layer[] = [
  { name: "unit", folders: [], proves: "one function or class, with its own clock, random source and network" },
  {
    name: "generator",
    folders: ["tools/codegen"],
    proves: "the printed code, the refused documents, and 100,000 values per schema against ajv",
  },
  { name: "lint rules", folders: ["spec/rules"], proves: "each rule refuses a contract that breaks it" },
  {
    name: "broken wire",
    folders: ["test/wire"],
    proves: "17,000 pays over connections that break in every way: no result says more than the provider did",
  },
  {
    name: "vectors",
    folders: ["test/vectors"],
    proves: "20,000 drifted answers and every published vector, read by the client and by a reader in Python alike",
  },
  {
    name: "runtimes",
    folders: ["test/runtimes"],
    proves: "one call is one request, or unknown, on Node 22, 24 and 26, Bun, Deno, workerd and Chromium",
  },
  {
    name: "Prism",
    folders: ["test/mock"],
    proves: "the client against a mock made by others, and real traffic through their validator",
  },
  {
    name: "Pact",
    folders: ["test/contract", "packages/contract/pacts"],
    proves: "the client's expectations, verified against the sandbox on both stores and against the contract",
  },
  {
    name: "Arazzo",
    folders: ["test/arazzo"],
    proves: "the contract's purchase workflows, run by Redocly against the sandbox",
  },
  {
    name: "certification",
    folders: ["test/certification"],
    proves: "P01–P51 of a provider and the queue's of M01–M40, on both stores; races; 50,000 malformed requests",
  },
  {
    name: "end to end",
    folders: ["test/e2e"],
    proves: "both sides over loopback, and a provider that is killed 100 times",
  },
  {
    name: "gentle end",
    folders: ["test/gentle"],
    proves: "providers ended by SIGTERM under load, and behind nginx and haproxy: no pay is cut, every status is true",
  },
  {
    name: "simulation",
    folders: ["packages/retry-queue/src/simulation"],
    proves: "10,000 seeded runs with crashes at every await, broken networks and databases",
  },
  {
    name: "chaos",
    folders: ["test/chaos"],
    proves: "killed workers and databases under load, compared through three logs",
  },
  {
    name: "differences",
    folders: ["tools/diff"],
    proves: "what a change of the contract means for users of the last release",
  },
  { name: "mutants", folders: ["test/mutants"], proves: "the tests themselves: each seeded fault fails one of them" },
  {
    name: "two copies",
    folders: ["test/two-copies"],
    proves: "two copies of every package in one program: no product key in any output, and errors are recognised",
  },
  {
    name: "README",
    folders: ["test/readme"],
    proves: "the code of READMEs and docstrings compiles and runs, and the examples of CONTRIBUTING.md hold",
  },
  {
    name: "packages",
    folders: ["test/packages"],
    proves: "files, types, sizes, licences and versions of the packed tarballs",
  },
  {
    name: "consumers",
    folders: ["test/consumers"],
    proves: "the tarballs in empty projects: TypeScript 5.9 to 7, JavaScript, Express, Fastify, Hono, Vite",
  },
  {
    name: "foreign tools",
    folders: ["test/foreign"],
    proves: "other people's generators, importers and pages buy by the contract, and none takes a duplicate for a sale",
  },
  {
    name: "browser",
    folders: ["test/browser"],
    proves: "the docs site in Chromium: both languages, links, search, dark and light, phones, accessibility",
  },
];
