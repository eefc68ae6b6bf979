/** The kind of run `path`: mirror descent on a loss of two weights, step by step. */

import { parsePotential } from "../../geometry/index.ts";
import { mirrorPath } from "../../learning/index.ts";
import { type TwoWeightLoss, twoWeightLosses } from "../../task/index.ts";
import type { Row, RunKind, RunOutcome } from "../run-kind.ts";
import { checkedSettings, z } from "../schema.ts";

const settings = z.strictObject({
  loss: z.enum(twoWeightLosses.map(({ name }) => name)),
  /** w₁ and w₂; where the loss suggests where it is not given. */
  start: z.tuple([z.number(), z.number()]).optional(),
  potential: z.string(),
  /** η; what the loss suggests where it is not given. */
  learningRate: z.number().positive().optional(),
  steps: z.int().positive().default(2000),
  /** Steps from one line of the results to the next; the last step is always one. */
  every: z.int().positive().default(10),
});

type Given = z.output<typeof settings>;
export type PathSettings = Readonly<Omit<Given, "start" | "learningRate">> & {
  readonly start: readonly [number, number];
  readonly learningRate: number;
};

export const path: RunKind<PathSettings> = {
  summary: "mirror descent on a loss of two weights: both weights, their duals and the loss along the way",
  parse: (json, source) => {
    const given = checkedSettings(settings, json, { source, code: "bad-path" });
    const { start, learningRate } = lossNamed(given.loss);
    return {
      ...given,
      potential: parsePotential(given.potential, `${source}: potential`).name,
      start: given.start ?? start,
      learningRate: given.learningRate ?? learningRate,
    };
  },
  run: async (given) => followed(given),
};

function lossNamed(name: string): TwoWeightLoss {
  const found = twoWeightLosses.find((loss) => loss.name === name);
  if (found === undefined) throw new Error(`no loss is called ${name}`);
  return found;
}

function followed({ loss: name, every, start, learningRate, steps, ...given }: PathSettings): RunOutcome {
  const loss = lossNamed(name);
  const potential = parsePotential(given.potential);
  const gradient = ([first, second]: readonly number[]) => loss.gradient([first, second]);
  const { weights, duals, diverged } = mirrorPath({ potential, gradient, start, learningRate, steps });
  const last = weights.length - 1;
  const rows = weights.flatMap(([w1, w2], step): Row[] => {
    if (step % every !== 0 && step !== last) return [];
    const [z1, z2] = duals[step];
    return [{ step, w1, w2, z1, z2, loss: loss.value([w1, w2]) }];
  });
  if (!diverged) return { status: "done", message: "", rows };
  const message = `path: expected ${steps} steps with finite weights, got ${last} (learningRate ${learningRate}); take a lower one`;
  return { status: "doubtful", message, rows };
}
