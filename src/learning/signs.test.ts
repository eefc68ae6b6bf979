/** Signs under the negative entropy: no optimiser changes one. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { optimisers } from "../../test/learning/optimisers.ts";
import { parsePotential } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import {
  input,
  MatMul,
  Mul,
  openLoop,
  ReduceMean,
  type Session,
  Sub,
  sizeOf,
  Tanh,
  tensorOf,
} from "../graph/index.ts";
import { adam } from "./adam.ts";
import { type TrainingStep, trainingStep } from "./training-step.ts";
import { chain, type Unit } from "./unit.ts";
import { decoupledWeightDecay, momentum, scaleByLearningRate, weightDecay } from "./units.ts";

const units: readonly (readonly [string, Unit])[] = [
  ...Object.entries(optimisers).map(([name, { unit }]) => [name, unit] as const),
  [
    "decayed Nesterov",
    chain(weightDecay({ rate: 0.01 }), momentum({ decay: 0.9, nesterov: true }), scaleByLearningRate()),
  ],
  [
    "decay that takes whole weights",
    chain(decoupledWeightDecay({ rate: 10 }), adam({ squareDecay: 0.9 }), scaleByLearningRate()),
  ],
];

const shape = [4, 6];
const count = sizeOf(shape);
const x = input("x", "float32", [6, 5]);
const y = input("y", "float32", [4, 5]);

/** Four tanh units. */
function network(unit: Unit): TrainingStep {
  return trainingStep({
    parameters: {
      w: { tensor: tensorOf("float32", shape, new Array(count).fill(1)), potential: parsePotential("eg") },
    },
    inputs: [x, y],
    forward: ({ w }) => {
      const miss = Sub(Tanh(MatMul(w, x)), y);
      return { loss: ReduceMean(Mul(miss, miss), null, { keepdims: 0 }) };
    },
    chain: unit,
  });
}

/** Ten steps; how often a weight moved. */
async function run(
  session: Session,
  step: TrainingStep,
  start: readonly number[],
  data: readonly number[],
  rate: number,
): Promise<number> {
  const w = tensorOf("float32", shape, start);
  const loop = openLoop(session, { ...step, initial: { ...step.initial, w } });
  const feeds = {
    x: tensorOf("float32", x.shape, data.slice(0, 30)),
    y: tensorOf("float32", y.shape, data.slice(30)),
    // Not by `learningRate`, which refuses rates that would take whole weights.
    learningRate: tensorOf("float32", [], [rate]),
  };
  let moved = 0;
  for (let i = 0; i < 10; i++) {
    await loop.step(feeds);
    for (const [j, value] of loop.state().w.data.entries()) {
      const [initial, next] = [Number(w.data[j]), Number(value)];
      // A size may underflow to 0 or a run diverge to ±∞ and NaN; the opposite sign never occurs.
      expect(next * initial < 0, `${initial} became ${next}`).toBe(false);
      if (initial === 0 && !Number.isNaN(next)) expect(Math.abs(next)).toBe(0);
      if (Number.isFinite(next) && next !== initial) moved++;
    }
  }
  return moved;
}

describe("the negative entropy", () => {
  it.each(units)("keeps every sign with %s, whatever the problem and the rate", async (_, unit) => {
    const size = fc.tuple(fc.double({ min: -4, max: 0, noNaN: true }), fc.constantFrom(-1, 0, 1));
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 50, maxLength: 50 });
    const step = network(unit);
    const session = await openSession(step.graph);
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { minLength: count, maxLength: count }),
        numbers,
        fc.double({ min: -5, max: 3, noNaN: true }),
        async (sizes, data, decade) => {
          const start = sizes.map(([power, sign]) => sign * 10 ** power);
          moved += await run(session, step, start, data, 10 ** decade);
        },
      ),
      { seed: 20240507, numRuns: 50 },
    );
    expect(moved).toBeGreaterThan(1000);
    await session.close();
  });
});
