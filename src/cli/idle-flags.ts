/** Flags that would change nothing beside the other settings: refused, because a run should be what was asked for. */

import { InputError } from "../errors.ts";
import type { Experiment } from "../experiment/index.ts";

/** When some flags would have no effect, and what they need. */
interface IdleRule {
  readonly flags: readonly string[];
  readonly isIdle: (experiment: Experiment) => boolean;
  readonly needs: string;
}

const hasGoal = ({ learning: { goal } }: Experiment) => goal.accuracy !== null || goal.loss !== null;
const searches = ({ learning }: Experiment) => typeof learning.learningRate !== "number";

const rules: readonly IdleRule[] = [
  {
    flags: ["--initialisation", "--gain", "--fan", "--ratio", "--value"],
    isIdle: ({ pretrained }) => pretrained !== null,
    needs: "no --pretrained",
  },
  {
    flags: ["--gain", "--fan"],
    isIdle: ({ initialisation: { scheme } }) => scheme === "pytorch" || scheme === "constant",
    needs: "--initialisation normal, uniform, log-normal or exponential",
  },
  {
    flags: ["--ratio"],
    isIdle: ({ initialisation: { scheme } }) => scheme !== "log-normal",
    needs: "--initialisation log-normal",
  },
  {
    flags: ["--value"],
    isIdle: ({ initialisation: { scheme } }) => scheme !== "constant",
    needs: "--initialisation constant",
  },
  {
    flags: ["--weight-decay-form"],
    isIdle: ({ optimiser }) => optimiser.weightDecay === 0,
    needs: "--weight-decay above 0",
  },
  {
    flags: ["--extensions", "--extra-passes"],
    isIdle: (experiment) => !(searches(experiment) && hasGoal(experiment)),
    needs: "--learning-rate search and a goal",
  },
  {
    flags: ["--extra-passes"],
    isIdle: ({ learning }) => learning.goal.extensions === 0,
    needs: "--extensions above 0",
  },
];

/**
 * @param typed  text by flag, for those that were given
 * @throws InputError `idle-flag`
 */
export function refuseIdleFlags(typed: ReadonlyMap<string, string>, experiment: Experiment): void {
  for (const { flags, isIdle, needs } of rules) {
    const flag = flags.find((name) => typed.has(name));
    if (flag === undefined || !isIdle(experiment)) continue;
    throw new InputError({
      code: "idle-flag",
      message: `${flag}: expected ${needs} beside it, got "${typed.get(flag)}" without effect; leave it out`,
    });
  }
}
