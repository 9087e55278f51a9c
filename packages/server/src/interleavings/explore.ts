import { type Aftermath, settleWorld } from "./aftermath.ts";
import { growing } from "./behaviour.ts";
import { type Step, type Successor, successorsOf } from "./steps.ts";
import type { Scene, World } from "./world.ts";

/** A state of the world from which schedules begin, and the steps that led to it. */
export interface Root {
  readonly world: World;
  readonly steps: readonly Step[];
}

/** Steps from the first to the last. */
export interface Schedule {
  readonly steps: readonly Step[];
  /** What `status` says for good afterwards. */
  readonly status: string;
}

/** A schedule that breaks a promise; no shorter one does. */
export interface Violation {
  readonly reason: string;
  readonly steps: readonly Step[];
}

export interface Exploration {
  readonly states: number;
  /** How many schedules there are. */
  readonly schedules: bigint;
  readonly violation: Violation | undefined;
  /** So many schedules, or all if there are fewer, spread evenly over them. */
  samples(count: number): Schedule[];
}

interface State {
  readonly world: World;
  /** Undefined at a root. */
  readonly before: State | undefined;
  readonly by: Step | undefined;
  readonly root: number;
  readonly next: State[];
  status: string;
  schedules: bigint;
}

/**
 * Visits every state that can be reached, each once, the nearest first; so the first violation has no shorter schedule.
 * It is a graph without circles, as each step brings somebody further: the schedules are counted from its ends.
 */
export async function explore(scene: Scene, roots: readonly Root[]): Promise<Exploration> {
  const states = new Map<string, State>();
  const ends = new Map<string, Aftermath>();
  const enter = (world: World, root: number, before?: State, by?: Step): State => {
    let state = states.get(world.key);
    if (!state) {
      state = { world, before, by, root, next: [], status: "", schedules: -1n };
      states.set(world.key, state);
    }
    return state;
  };
  const entries = roots.map(({ world }, index) => enter(world, index));
  let violation: Violation | undefined;
  const stepsTo = (state: State): Step[] =>
    state.before ? [...stepsTo(state.before), state.by!] : [...roots[state.root]!.steps];
  for (const state of states.values()) {
    const found = await growing(() => successorsOf(scene, state.world));
    for (const { step, world, violation: reason } of found) {
      if (reason !== undefined) violation ??= { reason, steps: [...stepsTo(state), step] };
      state.next.push(enter(world, state.root, state, step));
    }
    const reason = found.length === 0 ? await endOf(scene, state, ends) : undefined;
    if (reason !== undefined) violation ??= { reason, steps: stepsTo(state) };
    if (violation) break;
  }
  const schedules = violation ? 0n : entries.reduce((sum, entry) => sum + count(entry), 0n);
  return {
    states: states.size,
    schedules,
    violation,
    samples: (wanted) =>
      spread(schedules, wanted).map((number) => {
        let root = 0;
        let rest = number;
        while (rest >= count(entries[root]!)) rest -= count(entries[root++]!);
        return scheduleAt(scene, roots[root]!, entries[root]!, rest);
      }),
  };
}

/** Numbers below a total, evenly spaced. */
function spread(total: bigint, wanted: number): bigint[] {
  const length = total < wanted ? Number(total) : wanted;
  return Array.from({ length }, (_, index) => (total * BigInt(2 * index + 1)) / BigInt(2 * length));
}

/** Says why the end of a schedule is wrong. */
async function endOf(scene: Scene, state: State, ends: Map<string, Aftermath>): Promise<string | undefined> {
  const { actors, shared, said } = state.world;
  const waiting = actors.findIndex(({ phase }) => phase !== "gone");
  if (waiting >= 0) return `${scene.behaviours[waiting]!.name} waits for ever`;
  const key = `${shared.number};${said}`;
  let end = ends.get(key);
  if (!end) {
    end = await growing(() => settleWorld(scene, { shared, said }));
    ends.set(key, end);
  }
  state.status = end.status;
  return end.violation;
}

function count(state: State): bigint {
  if (state.schedules < 0n) {
    state.schedules = state.next.length === 0 ? 1n : state.next.reduce((sum, next) => sum + count(next), 0n);
  }
  return state.schedules;
}

function scheduleAt(scene: Scene, root: Root, entry: State, number: bigint): Schedule {
  const steps = [...root.steps];
  let state = entry;
  let rest = number;
  while (state.next.length > 0) {
    let taken = 0;
    while (rest >= count(state.next[taken]!)) rest -= count(state.next[taken++]!);
    const successors: Successor[] = successorsOf(scene, state.world);
    steps.push(successors[taken]!.step);
    state = state.next[taken]!;
  }
  return { steps, status: state.status };
}
