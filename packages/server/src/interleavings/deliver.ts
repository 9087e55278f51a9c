import type { Outcome } from "./behaviour.ts";
import type { Shared } from "./model-store.ts";
import { type Actor, actorAt, type Scene, type World } from "./world.ts";

interface Delivered {
  readonly actor: Actor;
  readonly said: string;
  readonly violation: string | undefined;
}

/** Lets an actor read its answer, and looks at what it does next or has answered itself. */
export function deliver({ behaviours }: Scene, { shared, actors, said }: World, index: number): Delivered {
  const { node, isLate, answer, sawRow } = actors[index]!;
  const behaviour = behaviours[index]!;
  const next = behaviour.next(node, answer, isLate);
  const { outcome, call } = next;
  if (!outcome) {
    const violation = call?.name === "sell" ? wrongSale(node.call?.name === "lease" ? answer : "", shared) : undefined;
    return { actor: actorAt("calls", next, { sawRow }), said, violation };
  }
  const actor = actorAt("gone", next);
  const { status, owner } = outcome;
  if (status === "TXN_NOT_FOUND" && sawRow) {
    return { actor, said, violation: `${behaviour.name} does not find a pay that was stored` };
  }
  if (owner !== "" && owner !== shared.row?.owner) {
    return {
      actor,
      said,
      violation: `${behaviour.name} names ${owner}, and ${shared.row?.owner ?? "nothing"} is stored`,
    };
  }
  const now = finalAnswerOf(outcome);
  const violation =
    now !== "" && said !== "" && said !== now
      ? `${behaviour.name} answers ${now}, and ${said} was answered`
      : undefined;
  return { actor, said: now || said, violation };
}

/** Only a final answer decides: a duplicate, an error and 503 do not. */
export function finalAnswerOf({ status, owner }: Outcome): string {
  if (status === "OK") return `OK ${owner}`;
  return ["TXN_CANCELED", "WRONG_PRICE", "PRODUCT_NOT_FOUND", "PRODUCT_OUT_OF_STOCK"].includes(status) ? "REFUSED" : "";
}

/** Whoever asks the supplier has just been given the lease, and can see that it still lasts. */
function wrongSale(leased: string, { row }: Shared): string | undefined {
  const lease = leased.split("/")[2];
  if (row?.state === "selling" && row.lease === lease && !row.isOver) return undefined;
  return "a sale begins without a lease that lasts";
}
