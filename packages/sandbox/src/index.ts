export { type CatalogueProduct, defaultCatalogue, readCatalogue } from "./catalogue.ts";
export { type Fault, type FaultKind, faultKinds, type MagicProduct, magicProducts, slowProduct } from "./fault.ts";
export type { FaultQueue, OrderedFault } from "./fault-queue.ts";
export { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";
export type { LedgerEntry } from "./shop.ts";
