import type { Way } from "./actor-run.ts";
import { type Dialect, keyOfDialect } from "./dialect.ts";
import type { Schedule } from "./explore.ts";
import type { Supply } from "./model-store.ts";
import { type ActorName, search, type Search } from "./search.ts";
import { tellSchedule } from "./tell-schedule.ts";
import type { Scene } from "./world.ts";

/** Schedules of the same actors and the same way to sell, over the same kind of database. */
export interface ScheduleClass {
  readonly actors: readonly ActorName[];
  readonly way: Way;
}

const names: readonly ActorName[] = ["pay", "same pay", "status", "recover"];

/** Every pair and every triple, with both ways to sell. */
export const classes: readonly ScheduleClass[] = [2, 3].flatMap((size) =>
  subsetsOf(names)
    .filter(({ length }) => length === size)
    .flatMap((actors) => (["sell", "sellWithin"] as const).map((way) => ({ actors, way }))),
);

function subsetsOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_each, at) => bits & (1 << at)));
}

export const nameOfClass = ({ actors, way }: ScheduleClass): string => `${actors.join(" + ")}, ${way}`;

/** At most so many faults a schedule. */
export const maxFaults = 2;

/** Of each supply this many schedules with at most 0, 1 and 2 faults are kept, if there are as many. */
const kept: Readonly<Record<Supply, readonly number[]>> = {
  sells: [10, 50, 150],
  "sold out": [5, 15, 35],
  unlisted: [5, 10, 25],
};

/** Every schedule of a class, counted; and some of them. */
export interface Enumeration {
  readonly states: number;
  readonly schedules: bigint;
  /** The shortest schedule that breaks a promise, told step by step; undefined when there is none. */
  readonly violation: string | undefined;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly scene: Scene;
  readonly schedule: Schedule;
}

const enumerations = new Map<string, Promise<Enumeration>>();

/** Enumerates a class, or remembers that it did. Who sells beside the store holds no lock, on any database. */
export function enumerate(scheduleClass: ScheduleClass, dialect: Dialect): Promise<Enumeration> {
  const place = scheduleClass.way === "sell" ? "" : keyOfDialect(dialect);
  const key = `${nameOfClass(scheduleClass)} ${place}`;
  const enumeration = enumerations.get(key) ?? enumerateSupplies(scheduleClass, dialect);
  enumerations.set(key, enumeration);
  return enumeration;
}

async function enumerateSupplies(scheduleClass: ScheduleClass, dialect: Dialect): Promise<Enumeration> {
  const sum = { states: 0, schedules: 0n, samples: [] as Sample[] };
  for (const supply of Object.keys(kept) as Supply[]) {
    const searches: Search[] = [];
    for (let faults = 0; faults <= maxFaults; faults++) {
      const done = await search({ ...scheduleClass, dialect, supply, faults });
      if (done.violation) {
        const violation = `${done.violation.reason}\n${tellSchedule(done.scene, done.violation.steps)}`;
        return { ...sum, violation };
      }
      searches.push(done);
      const { scene } = done;
      sum.samples.push(...done.samples(kept[supply][faults]!).map((schedule) => ({ scene, schedule })));
    }
    sum.states += searches[maxFaults]!.states;
    sum.schedules += searches[maxFaults]!.schedules;
  }
  return { ...sum, violation: undefined };
}
