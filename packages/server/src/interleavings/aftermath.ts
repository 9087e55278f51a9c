import type { Behaviour, Node, Outcome } from "./behaviour.ts";
import { finalAnswerOf } from "./deliver.ts";
import { isUndecided, share, type Shared } from "./model-store.ts";
import type { Scene } from "./world.ts";

/** How everything stands once it has come to rest. */
export interface Aftermath {
  /** What `status` says for good. */
  readonly status: string;
  readonly violation: string | undefined;
}

/**
 * Settles the world after a schedule, without any more faults: every lease is over, and a new process recovers and asks
 * for the status twice. Then compares what it says with the supplier.
 */
export function settleWorld(scene: Scene, { shared, said }: { shared: Shared; said: string }): Aftermath {
  const recovered = runAlone(scene, scene.afterwards.recover, passTime(shared));
  const first = runAlone(scene, scene.afterwards.status, recovered.shared);
  const second = runAlone(scene, scene.afterwards.status, passTime(first.shared));
  const status = wordsOf(second.outcome);
  const isStable = wordsOf(first.outcome) === status;
  return { status, violation: isStable ? breach(second.shared, said, second.outcome) : "the status changes at rest" };
}

const wordsOf = ({ status, owner }: Outcome) => (owner === "" ? status : `${status} ${owner}`);

/** The invariant: sold at the supplier exactly if `OK` for ever, once, and no final answer was ever another one. */
function breach({ row, sold }: Shared, said: string, outcome: Outcome): string | undefined {
  const { status, owner } = outcome;
  const final = finalAnswerOf(outcome);
  if (final === "" && !(status === "TXN_NOT_FOUND" && !row)) return `the status is ${status} for ever`;
  if (sold !== (status === "OK" ? `${owner},` : "")) {
    return `sold at the supplier: ${sold.slice(0, -1) || "nothing"}; the status for ever: ${wordsOf(outcome)}`;
  }
  if (said !== "" && said !== final) return `${said} was answered, and the status is ${wordsOf(outcome)} for ever`;
  if (sold !== "" && row?.isLate) return "a pay is sold that was stored a lease after it was asked for";
  return undefined;
}

const passTime = ({ row, sold }: Shared): Shared =>
  share(row && isUndecided(row) ? { ...row, isOver: true } : row, undefined, sold);

function runAlone({ effects, supply }: Scene, behaviour: Behaviour, before: Shared) {
  let shared = before;
  let node: Node = behaviour.root;
  while (!node.outcome) {
    const call = node.call!;
    const freshLease = `${behaviour.name}.${node.replies.length}`;
    const effect = effects[call.name](shared, call, { index: -1, freshLease, isLate: false, supply });
    shared = effect.shared;
    node = behaviour.next(node, effect.answer, false);
  }
  return { shared, outcome: node.outcome };
}
