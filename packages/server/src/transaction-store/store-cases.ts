/** The rules of a transaction store, as cases that any test runner can run. */
import { interleavingCases } from "../interleavings/interleaving-cases.ts";
import { baseCases } from "./base-cases.ts";
import type { StoreCase } from "./store-case.ts";

export type { OpenStore, StoreCase } from "./store-case.ts";

/**
 * Every rule of a transaction store: first each by itself; then `sellOnce` over the store in some 6,000 schedules, with
 * crashes, lost answers and leases that end, where each answer must be the one that a model of a sound store gives.
 * Those take seconds each, and keep up to five database transactions open at once.
 */
export const storeCases: StoreCase[] = [...baseCases, ...interleavingCases];
