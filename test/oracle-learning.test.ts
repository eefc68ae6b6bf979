/** Whole trajectories of the reference optimiser, weight by weight and step by step. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePotential } from "../src/geometry/index.ts";
import { openSession } from "../src/graph/index.node.ts";
import { input, MatMul, Mul, openLoop, ReduceMean, Sub, tensorOf } from "../src/graph/index.ts";
import {
  chain,
  constantRate,
  cosineRate,
  momentum,
  scaleByLearningRate,
  trainingStep,
  weightDecay,
} from "../src/learning/index.ts";
import { oracleArrays, relativeError } from "./oracle-arrays.ts";

const { isHere, numbersOf } = await oracleArrays(
  "B_trajectories.npz",
  "the reference optimiser's trajectories",
);
const index = new URL("../../shared/oracle/B_index.json", import.meta.url);

interface Run {
  readonly key: string;
  readonly potential: string | null;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weight_decay: number;
  readonly lr: number;
  readonly schedule?: string;
  readonly init?: string;
}

const STEPS = 50;
const INPUTS = 50;
const SAMPLES = 20;

// The shape of the file is the oracle's own; a wrong field shows as a failing comparison.
const runs: readonly Run[] = isHere ? (JSON.parse(readFileSync(index, "utf8")).runs as Run[]) : [];

/** Weights and loss before each step and after the last. */
async function trajectory(run: Run): Promise<{ weights: number[][]; losses: number[] }> {
  const x = input("x", "float64", [SAMPLES, INPUTS]);
  const y = input("y", "float64", [SAMPLES]);
  const start = numbersOf(run.init ?? "w0");
  const name = run.potential === null ? "euclidean" : run.potential.replace("_", "-");
  const step = trainingStep({
    parameters: { w: { tensor: tensorOf("float64", [INPUTS], start), potential: parsePotential(name) } },
    inputs: [x, y],
    forward: ({ w }) => {
      const miss = Sub(MatMul(x, w), y);
      return { loss: ReduceMean(Mul(miss, miss), null, { keepdims: 0 }) };
    },
    chain: chain(
      weightDecay({ rate: run.weight_decay }),
      momentum({ decay: run.momentum, nesterov: run.nesterov }),
      scaleByLearningRate(),
    ),
  });
  const schedule = run.schedule ? cosineRate(run.lr, { steps: STEPS }) : constantRate(run.lr);
  const session = await openSession(step.graph);
  const loop = openLoop(session, step);
  const feeds = {
    x: tensorOf("float64", x.shape, numbersOf("inputs")),
    y: tensorOf("float64", y.shape, numbersOf("labels")),
  };
  const weights: number[][] = [];
  const losses: number[] = [];
  for (let i = 0; i <= STEPS; i++) {
    weights.push(Array.from(loop.state().w.data, Number));
    const { loss } = await loop.step({ ...feeds, learningRate: step.learningRate(schedule(i)) });
    losses.push(Number(loss.data[0]));
  }
  await session.close();
  return { weights, losses };
}

const rowOf = (name: string, i: number) => numbersOf(name).slice(i * INPUTS, (i + 1) * INPUTS);

describe.skipIf(!isHere)("the reference optimiser", () => {
  it("has 40 runs", () => expect(runs).toHaveLength(40));

  it.each(runs.map((run) => [run.key, run] as const))(
    "is followed by %s at all 51 steps",
    async (key, run) => {
      const { weights, losses } = await trajectory(run);
      let worst = 0;
      let worstLoss = 0;
      for (const [i, row] of weights.entries()) {
        const expected = rowOf(`W_${key}`, i);
        // Each weight is measured by its own size, those that cross zero too; one that is exactly 0 has to be met exactly.
        for (const [j, weight] of row.entries()) worst = Math.max(worst, relativeError(weight, expected[j]));
        const loss = numbersOf(`loss_${key}`)[i];
        worstLoss = Math.max(worstLoss, relativeError(losses[i], loss));
      }
      // Rounding in another order of sums: 1e-15 of the largest weight, 2e-12 of one just caught while crossing zero.
      expect(worst).toBeLessThan(1e-10);
      expect(worstLoss).toBeLessThan(1e-10);
    },
  );

  it.each(runs.filter((run) => run.schedule))("has the cosine rates of $key", ({ key, lr }) => {
    const schedule = cosineRate(lr, { steps: STEPS });
    for (const [i, rate] of numbersOf(`lr_${key}`).entries()) {
      // The reference multiplies its rate from step to step, which rounds 50 times.
      expect(Math.abs(schedule(i) - rate)).toBeLessThan(1e-14 * lr);
    }
  });

  it("leaves weights that are zero at zero under the negative entropy", async () => {
    const run = runs.find(({ key }) => key === "zeros_negative_entropy");
    if (run === undefined) throw new Error("no run zeros_negative_entropy in the oracle");
    const { weights } = await trajectory(run);
    for (const row of weights) expect([row[3], row[11]]).toEqual([0, 0]);
    expect(weights[STEPS].filter((weight) => weight === 0)).toHaveLength(2);
  });
});
