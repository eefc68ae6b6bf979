/** The optimisers that every suite of learning runs through, and problems that they have to solve. */

import { type Potential, parsePotential } from "../../src/geometry/index.ts";
import {
  Add,
  constant,
  type FloatType,
  Mul,
  ReduceMean,
  Reshape,
  Slice,
  Sub,
  tensorOf,
  type Value,
} from "../../src/graph/index.ts";
import {
  adam,
  chain,
  clipGlobalNorm,
  decoupledWeightDecay,
  momentum,
  scaleByLearningRate,
  stackRuns,
  trainingStep,
  type Unit,
} from "../../src/learning/index.ts";

export interface OptimiserRow {
  readonly unit: Unit;
  /** The share of the learning rate that plain descent would take: little where directions have size 1 by themselves. */
  readonly share: number;
}

const row = (unit: Unit, share = 1): OptimiserRow => ({ unit, share });

export const optimisers: Readonly<Record<string, OptimiserRow>> = {
  plain: row(scaleByLearningRate()),
  "heavy ball": row(chain(momentum({ decay: 0.5 }), scaleByLearningRate())),
  "damped heavy ball": row(chain(momentum({ decay: 0.5, dampening: 0.5 }), scaleByLearningRate())),
  Nesterov: row(chain(momentum({ decay: 0.5, nesterov: true }), scaleByLearningRate())),
  "clipped twice": row(
    chain(
      clipGlobalNorm({ maximum: 1 }),
      momentum({ decay: 0.5 }),
      clipGlobalNorm({ maximum: 1 }),
      scaleByLearningRate(),
    ),
  ),
  "chain in a chain": row(
    chain(chain(momentum({ decay: 0.3 }), momentum({ decay: 0.2 })), scaleByLearningRate()),
  ),
  "decoupled decay": row(chain(decoupledWeightDecay({ rate: 1e-6 }), scaleByLearningRate())),
  Adam: row(chain(adam(), scaleByLearningRate()), 0.02),
  "Adam with the largest square": row(chain(adam({ amsgrad: true }), scaleByLearningRate()), 0.02),
  AdamW: row(chain(decoupledWeightDecay({ rate: 1e-6 }), adam(), scaleByLearningRate()), 0.02),
};

/** Where `runs` is given, values have the runs as leading axis, and each has its own loss. */
const meanSquare = (a: Value, b: Value, runs?: number): Value => {
  const miss = Sub(a, b);
  return ReduceMean(Mul(miss, miss), runs === undefined ? null : [1], { keepdims: 0 });
};

const START = [0.4, 0.7, 0.5];
const END = [0.6, 0.45, 0.55];

export interface ParabolaOptions {
  readonly dtype?: FloatType;
  readonly runs?: number;
}

/** A parabola over two parameters, one in each geometry; its minimum is within every domain and of the initial signs. */
export function parabola(
  potential: Potential,
  unit: Unit,
  { dtype = "float64", runs }: ParabolaOptions = {},
) {
  const target = constant(tensorOf(dtype, [3], END));
  const one = { w: tensorOf(dtype, [3], START), bias: tensorOf(dtype, [3], START) };
  const { w, bias } = runs === undefined ? one : stackRuns(new Array(runs).fill(one));
  const step = trainingStep({
    parameters: {
      w: { tensor: w, potential },
      bias: { tensor: bias, potential: parsePotential("2-norm") },
    },
    inputs: [],
    forward: (weights) => ({
      loss: Add(meanSquare(weights.w, target, runs), meanSquare(weights.bias, target, runs)),
      sum: Add(weights.w, weights.bias),
    }),
    chain: unit,
    ...(runs === undefined ? {} : { runs }),
  });
  return { step, end: END, curvatures: [0.4, 0.7].map((weight) => potential.curvature(weight)) };
}

/** Rosenbrock's valley (1 − x)² + 100(y − x²)² from (0.5, 0.5); the minimum is at (1, 1). */
export function rosenbrock(potential: Potential, unit: Unit) {
  return trainingStep({
    parameters: { w: { tensor: tensorOf("float64", [2], [0.5, 0.5]), potential } },
    inputs: [],
    forward: ({ w }) => {
      const x = Reshape(Slice(w, [0], [1]), []);
      const y = Reshape(Slice(w, [1], [2]), []);
      const off = Sub(y, Mul(x, x));
      const rest = Sub(1, x);
      return { loss: Add(Mul(rest, rest), Mul(Mul(off, off), 100)) };
    },
    chain: unit,
  });
}
