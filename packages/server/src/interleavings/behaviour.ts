import type { TransactionKey } from "../transaction-store/transaction-store.ts";
import { type Act, ActorRun, type MakeProvider, type Way } from "./actor-run.ts";
import { type Call, callOf, type NameOf, transactionOf, valueOf } from "./calls.ts";

/** An answer to a call, and whether the clock had jumped since the answer before. */
interface Reply {
  readonly answer: string;
  readonly isLate: boolean;
}

/** The status that an actor answers, and the name of whose pay it is. */
export interface Outcome {
  readonly status: string;
  readonly owner: string;
}

/** Where an actor is: what it waits for, or how it ended, after these replies. */
export interface Node {
  readonly id: number;
  readonly replies: readonly Reply[];
  readonly call: Call | undefined;
  /** Undefined until it has ended. */
  readonly outcome: Outcome | undefined;
  readonly next: Map<string, Node>;
}

/** The real code of one actor as a tree, which grows where the search needs it. */
export interface Behaviour {
  readonly name: string;
  readonly root: Node;
  /** @throws {Unexplored} When the code has not been run so far. */
  next(node: Node, answer: string, isLate: boolean): Node;
}

/** Thrown when the search must run the real code, which takes promises, and then try again. */
class Unexplored {
  readonly grow: () => Promise<unknown>;

  constructor(grow: () => Promise<unknown>) {
    this.grow = grow;
  }
}

const key: TransactionKey = { merchant: "shop-1", txn_id: "A-17" };

let nodes = 0;

const known = new WeakMap<MakeProvider, Map<string, Promise<Behaviour>>>();

/** Runs the real code once for each way in which it can be answered, and remembers what it did for all searches. */
export function behaviourOf(name: string, act: Act, way: Way, makeProvider: MakeProvider): Promise<Behaviour> {
  const ofProvider = known.get(makeProvider) ?? new Map<string, Promise<Behaviour>>();
  known.set(makeProvider, ofProvider);
  const behaviour = ofProvider.get(`${name}, ${way}`) ?? growBehaviour(name, act, way, makeProvider);
  ofProvider.set(`${name}, ${way}`, behaviour);
  return behaviour;
}

async function growBehaviour(name: string, act: Act, way: Way, makeProvider: MakeProvider): Promise<Behaviour> {
  const run = async (replies: readonly Reply[]): Promise<Node> => {
    const actor = await ActorRun.start({ act, way, key, makeProvider });
    const nameOf: NameOf = (id) => (id !== "" && id === actor.ownId ? name : id);
    const toTransaction = (text: string) =>
      transactionOf(text, key, (owner) => (owner === name ? (actor.ownId ?? owner) : owner));
    for (const { answer, isLate } of replies) {
      if (isLate) actor.jump();
      const call = actor.call!.name;
      await actor.answer(() => valueOf(call, answer, toTransaction));
    }
    const { outcome } = actor;
    return {
      id: nodes++,
      replies,
      call: actor.call && callOf(actor.call, nameOf),
      outcome: outcome && { status: outcome.status, owner: nameOf(outcome.partnerTxnId) },
      next: new Map(),
    };
  };
  const grow = async (node: Node, edge: string, reply: Reply): Promise<unknown> =>
    node.next.set(edge, await run([...node.replies, reply]));
  return {
    name,
    root: await run([]),
    next(node, answer, isLate) {
      const edge = isLate ? `late ${answer}` : answer;
      const next = node.next.get(edge);
      if (!next) throw new Unexplored(() => grow(node, edge, { answer, isLate }));
      return next;
    },
  };
}

/** Runs the real code wherever a search needs to know what it does. */
export async function growing<T>(search: () => T): Promise<T> {
  for (;;) {
    try {
      return search();
    } catch (missing) {
      if (!(missing instanceof Unexplored)) throw missing;
      await missing.grow();
    }
  }
}
