import { sellOnce } from "../sell-once/sell-once.ts";
import type { Act, MakeProvider, Way } from "./actor-run.ts";
import { behaviourOf, growing } from "./behaviour.ts";
import type { Dialect } from "./dialect.ts";
import { explore, type Exploration, type Root } from "./explore.ts";
import { effects as rules, type Effects, empty, type Supply } from "./model-store.ts";
import { crashOf, jumpsOf, type Step, type Successor, successorsOf } from "./steps.ts";
import { actorAt, type Scene, type World, worldOf } from "./world.ts";

/** The actors of a class of schedules, all on one `txn_id`. */
export type ActorName = "pay" | "same pay" | "status" | "recover";

export const acts: Record<ActorName, Act> = { pay: "pay", "same pay": "pay", status: "status", recover: "recover" };

export interface SearchPlan {
  readonly actors: readonly ActorName[];
  readonly way: Way;
  readonly dialect: Dialect;
  readonly supply: Supply;
  /** How many faults a schedule may have. */
  readonly faults: number;
  /** What is under test, if not `sellOnce`. */
  readonly makeProvider?: MakeProvider;
  /** The store that it stands on, if not a sound one. */
  readonly effects?: Effects;
}

/** A search that has ended, and what it was made of. */
export interface Search extends Exploration {
  readonly scene: Scene;
}

/**
 * Searches every schedule of a class: every order in which the calls of its actors can have their effects and be
 * answered, with every fault at every place.
 *
 * The real `sellOnce` runs (`actor-run.ts`), over a store that does nothing by itself: each call of the store, the
 * shop and the supplier rests until the scheduler answers it. Code between two calls depends on nothing but the answers
 * and the clock, so what an actor does is a tree of answers (`behaviour.ts`), which is run once for each branch. A
 * state of the world (`world.ts`) is then where each actor is in its tree, and what all of them share: one row, the
 * supplier, and how many faults are left (`model-store.ts`). From each state the scheduler takes every possible step
 * (`steps.ts`), and equal states are visited once (`explore.ts`). Where a schedule ends, the world is brought to rest
 * and compared with what was promised (`aftermath.ts`).
 *
 * Time is coarse: the clock stands still, or jumps past every lease. A process that is frozen is one whose actors take
 * no step while the clock jumps. A statement that has its effect after its process has crashed is one whose process
 * crashes after that effect. Each actor has a `sellOnce` of its own: the only thing that this keeps between calls is
 * the `recover()` that is under way, and a class has one actor that recovers.
 *
 * Without the first pay, a class is about what that has left: it has crashed somewhere, just now or a lease ago.
 */
export async function search(plan: SearchPlan): Promise<Search> {
  const { actors, way, dialect, supply, makeProvider = sellOnce, effects = rules } = plan;
  const behave = (name: string, act: Act) => behaviourOf(name, act, way, makeProvider);
  const hasPay = actors.includes("pay");
  const names = hasPay ? actors : (["pay", ...actors] as const);
  const scene: Scene = {
    way,
    behaviours: await Promise.all(names.map((name) => behave(name, acts[name]))),
    afterwards: {
      recover: await behave("recover at rest", "recover"),
      status: await behave("status at rest", "status"),
    },
    dialect,
    supply,
    effects,
  };
  const nothing = worldOf(
    empty,
    scene.behaviours.map(({ root }) => actorAt("new", root)),
    "",
    plan.faults,
  );
  const roots = hasPay ? [{ world: nothing, steps: [] }] : await leftByPay(scene, nothing);
  return { scene, ...(await explore(scene, roots)) };
}

async function leftByPay(scene: Scene, nothing: World): Promise<Root[]> {
  const roots = new Map<string, Root>();
  const add = ({ world: { shared, actors, said }, step }: Successor, before: readonly Step[]): Root => {
    // What comes before the schedule takes none of its faults.
    const root = { world: worldOf(shared, actors, said, nothing.faults), steps: [...before, step] };
    if (!roots.has(root.world.key)) roots.set(root.world.key, root);
    return root;
  };
  let [world, steps]: [World, Step[]] = [nothing, []];
  for (;;) {
    const successors = await growing(() => successorsOf(scene, world));
    const next = successors.find(({ step }) => "actor" in step && step.actor === 0);
    if (!next) return [...roots.values()];
    [world, steps] = [next.world, [...steps, next.step]];
    if (world.shared.row === undefined) continue;
    const crashed = add(crashOf(scene, world, [0]), steps);
    for (const late of jumpsOf(crashed.world)) add(late, crashed.steps);
  }
}
