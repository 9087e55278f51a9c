import { type CallName, error } from "./calls.ts";
import { deliver } from "./deliver.ts";
import { type Caller, type Effect, isUndecided, share, type Shared } from "./model-store.ts";
import { type Actor, actorAt, replaceAt, type Scene, type World, worldOf } from "./world.ts";

/** What becomes of a call. All but the first are faults. */
export type Fate =
  /** It has its effect, and the answer is under way. */
  | "answered"
  /** No effect, and an error. */
  | "fails"
  /** The effect, and an error. */
  | "lost"
  /** The effect; then the store makes it again, as the answer was lost. */
  | "repeated";

/** What the scheduler lets happen next. */
export type Step =
  /** An actor is called, and runs to its first call. */
  | { readonly kind: "starts"; readonly actor: number }
  /** The call of an actor has its effect or none. `answer` is the model's, also if nobody gets it. */
  | {
      readonly kind: "call";
      readonly actor: number;
      readonly name: CallName;
      readonly fate: Fate;
      readonly answer: string;
    }
  /** An actor reads the answer, and runs to its next call. */
  | { readonly kind: "reads"; readonly actor: number }
  /** The clock jumps past every lease: a fault. Whoever does nothing meanwhile was frozen. */
  | { readonly kind: "jump" }
  /** A process crashes, and these actors with it: a fault. */
  | { readonly kind: "crash"; readonly actors: readonly number[] }
  /** The database ends the transaction of a crashed process. */
  | { readonly kind: "ends" };

export interface Successor {
  readonly step: Step;
  readonly world: World;
  /** The promise that this step has broken. */
  readonly violation?: string | undefined;
}

/**
 * Every step that can come next. Once no fault is left, a step that only its own actor notices does not wait: only the
 * clock and a crash can tell when an answer is read.
 */
export function successorsOf(scene: Scene, world: World): Successor[] {
  const alone = world.faults === 0 ? world.actors.findIndex(isUnnoticed) : -1;
  if (alone >= 0) return stepsOfActor(scene, world, alone);
  const found = world.actors.flatMap((_, index) => stepsOfActor(scene, world, index));
  const { row, open, sold } = world.shared;
  if (open?.by === "vanished")
    found.push({ step: { kind: "ends" }, world: change(world, share(row, undefined, sold)) });
  if (world.faults > 0) found.push(...jumpsOf(world), ...crashesOf(scene, world));
  return found;
}

function isUnnoticed({ phase, node }: Actor): boolean {
  const name = node.call?.name;
  return phase === "reads" || (phase === "calls" && (name === "findProduct" || name === "sellWithin"));
}

function stepsOfActor(scene: Scene, world: World, index: number): Successor[] {
  switch (world.actors[index]!.phase) {
    case "new":
      return [startOf(world, index)];
    case "calls":
      return callsOf(scene, world, index);
    case "reads":
      return [readingOf(scene, world, index)];
    case "gone":
      return [];
  }
}

function change(world: World, shared: Shared, actors = world.actors, faults = world.faults): World {
  return worldOf(shared, actors, world.said, faults);
}

function startOf(world: World, index: number): Successor {
  const { shared, actors } = world;
  const started = actorAt("calls", actors[index]!.node, { sawRow: shared.row !== undefined });
  return { step: { kind: "starts", actor: index }, world: change(world, shared, replaceAt(actors, index, started)) };
}

function readingOf(scene: Scene, world: World, index: number): Successor {
  const { actor, said, violation } = deliver(scene, world, index);
  const actors = replaceAt(world.actors, index, actor);
  return { step: { kind: "reads", actor: index }, world: worldOf(world.shared, actors, said, world.faults), violation };
}

/** What can become of the call of an actor. While it waits for a lock, it can only run out of patience. */
function callsOf(scene: Scene, world: World, index: number): Successor[] {
  const { shared, faults } = world;
  const actor = world.actors[index]!;
  const { name } = actor.node.call!;
  const isLocked = shared.open !== undefined && shared.open.by !== index;
  const effect = effectOf(scene, world, index, isLocked);
  const successor = (fate: Fate, after: Shared, next: Actor): Successor => ({
    step: { kind: "call", actor: index, name, fate, answer: effect.answer },
    world: change(world, after, replaceAt(world.actors, index, next), faults - Number(fate !== "answered")),
  });
  const reads = (answer: string) => actorAt("reads", actor.node, { ...actor, answer });
  const isWaiting = isLocked && scene.dialect.waits.has(name);
  const found = isWaiting ? [] : [successor("answered", effect.shared, reads(effect.answer))];
  // A rollback is what comes of an error: it has no other way to go.
  if (faults === 0 || name === "rollback") return found;
  // A commit that fails rolls back.
  const failed = name === "commit" ? share(shared.row, undefined, shared.sold) : shared;
  found.push(successor("fails", failed, reads(error)));
  // Within a database transaction that has lost its connection nothing has an effect.
  const isWithin = name === "settleWithin" || name === "sellWithin";
  if (isWaiting || isWithin || effect.shared === shared) return found;
  found.push(successor("lost", effect.shared, reads(error)));
  if (name !== "commit" && name !== "sell") found.push(successor("repeated", effect.shared, actor));
  return found;
}

function effectOf({ behaviours, supply, effects }: Scene, world: World, index: number, isLocked: boolean): Effect {
  const { shared, actors } = world;
  const { node, isLate } = actors[index]!;
  const call = node.call!;
  if (isLocked && call.name === "settle") return { shared, answer: "no" };
  if (isLocked && call.name === "lease") return { shared, answer: "none" };
  const caller: Caller = { index, freshLease: `${behaviours[index]!.name}.${node.replies.length}`, isLate, supply };
  return effects[call.name](shared, call, caller);
}

/** The clock jumps, unless nobody could notice. */
export function jumpsOf(world: World): Successor[] {
  const { row, open, sold } = world.shared;
  const isRunning = row !== undefined && isUndecided(row) && !row.isOver;
  const isAtWork = ({ phase }: Actor) => phase === "calls" || phase === "reads";
  const isNoticed = world.actors.some(
    (actor) => (isRunning && actor.phase !== "gone") || (isAtWork(actor) && !actor.isLate),
  );
  if (!isNoticed) return [];
  const shared = isRunning ? share({ ...row, isOver: true }, open, sold) : world.shared;
  const actors = world.actors.map((actor) =>
    isAtWork(actor) ? actorAt(actor.phase, actor.node, { ...actor, isLate: true }) : actor,
  );
  return [{ step: { kind: "jump" }, world: change(world, shared, actors, world.faults - 1) }];
}

/** However the actors are spread over processes: any of those that are at work can crash together. */
function crashesOf(scene: Scene, world: World): Successor[] {
  const atWork = world.actors.flatMap(({ phase }, index) => (phase === "calls" || phase === "reads" ? [index] : []));
  return Array.from({ length: 2 ** atWork.length - 1 }, (_, bits) =>
    crashOf(
      scene,
      world,
      atWork.filter((_each, at) => (bits + 1) & (1 << at)),
    ),
  );
}

export function crashOf({ dialect }: Scene, world: World, victims: readonly number[]): Successor {
  const { row, open, sold } = world.shared;
  const isHolder = open !== undefined && open.by !== "vanished" && victims.includes(open.by);
  const left = dialect.keepsVanished ? ({ by: "vanished", isSale: false } as const) : undefined;
  const shared = isHolder ? share(row, left, sold) : world.shared;
  const actors = world.actors.map((actor, index) => (victims.includes(index) ? actorAt("gone", actor.node) : actor));
  return { step: { kind: "crash", actors: victims }, world: change(world, shared, actors, world.faults - 1) };
}
