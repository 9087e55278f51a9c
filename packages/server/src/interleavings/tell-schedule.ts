import type { Fate, Step } from "./steps.ts";
import type { Scene } from "./world.ts";

/** Tells a schedule, one step a line. */
export function tellSchedule(scene: Pick<Scene, "behaviours">, steps: readonly Step[]): string {
  return steps.map((step, index) => `${String(index + 1).padStart(4)}  ${tellStep(scene, step)}`).join("\n");
}

const fates: Record<Fate, string> = {
  answered: "",
  fails: " (fault: it fails without an effect)",
  lost: " (fault: the answer is lost)",
  repeated: " (fault: the answer is lost, and the store asks again)",
};

function tellStep({ behaviours }: Pick<Scene, "behaviours">, step: Step): string {
  const nameOf = (actor: number) => behaviours[actor]!.name;
  switch (step.kind) {
    case "starts":
      return `${nameOf(step.actor)} starts`;
    case "call": {
      const answer = step.fate === "fails" ? "" : ` → ${step.answer}`;
      return `${nameOf(step.actor)}: ${step.name}${answer}${fates[step.fate]}`;
    }
    case "reads":
      return `${nameOf(step.actor)} reads the answer`;
    case "jump":
      return "the clock jumps past every lease (fault)";
    case "crash":
      return `a process crashes, and with it ${step.actors.map(nameOf).join(" and ")} (fault)`;
    case "ends":
      return "the database ends the transaction of the crashed process";
  }
}
