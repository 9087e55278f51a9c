/** The layers of tests, from the inside out. */
export const layers = [
  { name: "unit", where: "beside each source", proves: "one function or class, with a clock, chance and a network of its own" },
  { name: "generator", where: "`tools/codegen`", proves: "what is printed, documents that are refused, and 100,000 values a schema against ajv" },
  { name: "lint rules", where: "`spec/rules`", proves: "each rule of the contract refuses a contract that breaks it" },
  { name: "broken wire", where: "`test/wire`", proves: "14,000 pays over connections that break in every way: none is read as what it is not" },
  { name: "Prism", where: "`test/mock`", proves: "the client against a mock made by others, and real traffic before a validator that is not ours" },
  { name: "Pact", where: "`test/contract`", proves: "what the client expects, verified against the sandbox on both stores, and against the contract" },
  { name: "Arazzo", where: "`test/arazzo`", proves: "the purchase of the contract's workflow, run by Redocly against the sandbox" },
  { name: "certification", where: "`test/certification`", proves: "P01–P48 of a provider and M01–M33 of a merchant, on both stores; races; 50,000 malformed requests" },
  { name: "end to end", where: "`test/e2e`", proves: "both sides over loopback, and a provider that is killed 100 times" },
  { name: "simulation", where: "`packages/retry-queue/src/simulation`", proves: "10,000 seeded runs with crashes at every await, broken networks and databases" },
  { name: "chaos", where: "`test/chaos`", proves: "killed workers and databases under load, judged by three logs" },
  { name: "differences", where: "`tools/diff`", proves: "what a change of the contract means for those who use the last release" },
  { name: "mutants", where: "`test/mutants`", proves: "the tests: each seeded fault turns one of them red" },
  { name: "README", where: "`test/readme`", proves: "the code of every README compiles and runs" },
];
