/** What a run has come to: how its network does, whether that is a number, and whether it was the goal. */

import type { Tensors } from "../graph/index.ts";
import type { Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import { accuracyOf, type Learner } from "./learner.ts";
import type { PassesEnd } from "./passes.ts";

/** How a network does at the end, on the examples it learned from and on those held out. */
export interface Results {
  readonly loss: number;
  readonly accuracy: number | null;
  readonly heldOutLoss: number | null;
  readonly heldOutAccuracy: number | null;
}

/** How the network does now. */
export async function resultsOf(task: Task, learner: Learner): Promise<Results> {
  const train = await learner.evaluate(task.train);
  const heldOut = task.heldOut === null ? null : await learner.evaluate(task.heldOut);
  return {
    loss: train.losses[0],
    accuracy: accuracyOf(train, task.train),
    heldOutLoss: heldOut?.losses[0] ?? null,
    heldOutAccuracy: heldOut === null || task.heldOut === null ? null : accuracyOf(heldOut, task.heldOut),
  };
}

/** What is no finite number at the end, in words; null where all is finite. */
export function spoiltBy(end: PassesEnd, final: Tensors, results: Results | null): string | null {
  if (end.kind === "diverged") {
    return `a finite loss, got ${end.loss} (step ${end.step}, pass ${end.pass + 1}`;
  }
  const infinite = Object.entries(final).find(([, { data }]) =>
    data.some((value) => !Number.isFinite(Number(value))),
  );
  if (infinite !== undefined) return `finite weights, got others in "${infinite[0]}" (after the last step`;
  if (results === null || Number.isFinite(results.loss)) return null;
  return `a finite loss, got ${results.loss} (after the last step`;
}

/** What the goal lacks, as a sentence; null where there is none or it is met. */
export function missedGoal(
  { learning: { goal, passes } }: Experiment,
  { loss, accuracy }: Results,
): string | null {
  if (goal.accuracy !== null && accuracy !== null && accuracy < goal.accuracy) {
    return `after ${passes} passes the accuracy is ${percent(accuracy)}, not ${percent(goal.accuracy)}; give more --passes or another rate`;
  }
  if (goal.loss !== null && loss >= goal.loss) {
    return `after ${passes} passes the loss is ${loss.toPrecision(3)}, not below ${goal.loss}; give more --passes or another rate`;
  }
  return null;
}

/** A warning where learning made the loss larger; empty where it did not. */
export function risenLoss(before: number, { loss }: Results, rate: number): string {
  if (!(loss > before)) return "";
  const lower = Number((rate / 10).toPrecision(2));
  return `the loss rose from ${before.toPrecision(3)} to ${loss.toPrecision(3)}; try --learning-rate ${lower}, or --learning-rate search`;
}

const percent = (share: number) => `${Number((100 * share).toFixed(2))} %`;
