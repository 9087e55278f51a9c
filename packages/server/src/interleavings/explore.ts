import { type Aftermath, settleWorld } from "./aftermath.ts";
import { growing } from "./behaviour.ts";
import { type Step, successorsOf } from "./steps.ts";
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
  /** Dropped once its successors are known: there are many. */
  world: World | undefined;
  /** The state from which the search first came here; undefined at a root. */
  readonly before: State | undefined;
  readonly root: number;
  /** In the order of `successorsOf`. */
  readonly next: State[];
  /** What `status` says for good, if schedules end here. */
  status: string;
  schedules: bigint;
}

/**
 * Visits every state that can be reached, each once. It is a graph without circles, as each step brings somebody
 * further: the schedules are counted from its ends.
 */
export async function explore(scene: Scene, roots: readonly Root[]): Promise<Exploration> {
  const states = new Map<string, State>();
  const entries = roots.map(({ world }, index) => enter(states, world, index));
  const violation = await visit(scene, roots, states);
  const schedules = violation ? 0n : entries.reduce((sum, entry) => sum + count(entry), 0n);
  const samples = (wanted: number) =>
    spread(schedules, wanted).map((number) => {
      const [root, rest] = pick(entries, number);
      return scheduleAt(scene, roots[root]!, entries[root]!, rest);
    });
  return { states: states.size, schedules, violation, samples };
}

function enter(states: Map<string, State>, world: World, root: number, before?: State): State {
  let state = states.get(world.key);
  if (!state) {
    state = { world, before, root, next: [], status: "", schedules: -1n };
    states.set(world.key, state);
  }
  return state;
}

/** Visits the nearest states first; so the first violation has no shorter schedule. */
async function visit(scene: Scene, roots: readonly Root[], states: Map<string, State>): Promise<Violation | undefined> {
  const endings = new Map<string, Aftermath>();
  // Goes on over those that are added meanwhile.
  for (const state of states.values()) {
    const world = state.world!;
    const found = await growing(() => successorsOf(scene, world));
    for (const { world: next } of found) state.next.push(enter(states, next, state.root, state));
    const wrong = found.find((each) => each.violation !== undefined);
    const ending = found.length === 0 ? await growing(() => endingOf(scene, world, endings)) : undefined;
    const reason = wrong?.violation ?? ending?.violation;
    if (reason !== undefined) {
      return { reason, steps: [...stepsTo(scene, roots, state), ...(wrong ? [wrong.step] : [])] };
    }
    state.status = ending?.status ?? "";
    state.world = undefined;
  }
  return undefined;
}

/** Settles the world where a schedule ends. */
function endingOf(scene: Scene, { actors, shared, said }: World, endings: Map<string, Aftermath>): Aftermath {
  const waiting = actors.findIndex(({ phase }) => phase !== "gone");
  if (waiting >= 0) return { status: "", violation: `${scene.behaviours[waiting]!.name} waits for ever` };
  const key = `${shared.number};${said}`;
  const ending = endings.get(key) ?? settleWorld(scene, { shared, said });
  endings.set(key, ending);
  return ending;
}

function count(state: State): bigint {
  if (state.schedules < 0n) {
    state.schedules = state.next.length === 0 ? 1n : state.next.reduce((sum, next) => sum + count(next), 0n);
  }
  return state.schedules;
}

/** Numbers below a total, evenly spaced. */
function spread(total: bigint, wanted: number): bigint[] {
  const length = total < wanted ? Number(total) : wanted;
  return Array.from({ length }, (_, index) => (total * BigInt(2 * index + 1)) / BigInt(2 * length));
}

/** The state through which the schedule with this number goes, and its number among those. */
function pick(states: readonly State[], number: bigint): [index: number, rest: bigint] {
  let [index, rest] = [0, number];
  while (rest >= count(states[index]!)) rest -= count(states[index++]!);
  return [index, rest];
}

function scheduleAt(scene: Scene, root: Root, entry: State, number: bigint): Schedule {
  const steps = [...root.steps];
  let [state, world, rest, index] = [entry, root.world, number, 0];
  while (state.next.length > 0) {
    [index, rest] = pick(state.next, rest);
    const successor = successorsOf(scene, world)[index]!;
    steps.push(successor.step);
    [state, world] = [state.next[index]!, successor.world];
  }
  return { steps, status: state.status };
}

/** The steps by which the search first came to a state. */
function stepsTo(scene: Scene, roots: readonly Root[], state: State): Step[] {
  const path: State[] = [];
  for (let each: State | undefined = state; each; each = each.before) path.unshift(each);
  const root = roots[state.root]!;
  const steps = [...root.steps];
  let world = root.world;
  for (const [at, next] of path.slice(1).entries()) {
    const successor = successorsOf(scene, world)[path[at]!.next.indexOf(next)]!;
    steps.push(successor.step);
    world = successor.world;
  }
  return steps;
}
