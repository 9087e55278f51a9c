import type { Way } from "./actor-run.ts";
import type { Behaviour, Node } from "./behaviour.ts";
import type { Dialect } from "./dialect.ts";
import type { Effects, Shared, Supply } from "./model-store.ts";
import { numberOf } from "./number-of.ts";

/**
 * - `new`: has not been called.
 * - `calls`: has made a call, which has no effect yet.
 * - `reads`: the answer to its call is under way.
 * - `gone`: has answered, or its process has crashed.
 */
export type Phase = "new" | "calls" | "reads" | "gone";

/** An actor between two steps. Equal codes mean that it does the same from here on. */
export interface Actor {
  readonly phase: Phase;
  readonly node: Node;
  /** Whether the clock has jumped since it read the last answer. */
  readonly isLate: boolean;
  /** The answer that is under way. */
  readonly answer: string;
  /** Whether the pay was stored when it was called. */
  readonly sawRow: boolean;
  readonly code: number;
}

/** One state of everything. Equal keys mean that everything goes on alike. */
export interface World {
  readonly shared: Shared;
  readonly actors: readonly Actor[];
  /** The final answers that were given: `OK pay`, `REFUSED`; "" for none. */
  readonly said: string;
  /** How many faults may still happen. */
  readonly faults: number;
  readonly key: string;
}

/** What stays the same in all schedules of one search. */
export interface Scene {
  readonly way: Way;
  readonly behaviours: readonly Behaviour[];
  /** Settle the world after a schedule. */
  readonly afterwards: { readonly recover: Behaviour; readonly status: Behaviour };
  readonly dialect: Dialect;
  readonly supply: Supply;
  readonly effects: Effects;
}

export function actorAt(
  phase: Phase,
  node: Node,
  { isLate = false, answer = "", sawRow = false }: Partial<Pick<Actor, "isLate" | "answer" | "sawRow">> = {},
): Actor {
  const flags = phases.indexOf(phase) + (isLate ? 4 : 0) + (sawRow ? 8 : 0);
  const code = phase === "gone" ? flags : (node.id * 4096 + numberOf(answer)) * 16 + flags;
  return { phase, node, isLate, answer, sawRow, code };
}

const phases: readonly Phase[] = ["new", "calls", "reads", "gone"];

/** A short key, as there are many worlds. */
export function worldOf(shared: Shared, actors: readonly Actor[], said: string, faults: number): World {
  let key = String.fromCharCode(shared.number, numberOf(said) * 4 + faults);
  for (const { code } of actors) key += String.fromCharCode(code / 65536 / 65536, code / 65536, code);
  return { shared, actors, said, faults, key };
}

export const replaceAt = <T>(items: readonly T[], index: number, item: T): T[] =>
  items.map((each, at) => (at === index ? item : each));
