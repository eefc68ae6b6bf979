/** Dense layers. */

import { Add, Gemm, MatMul, Reshape, Transpose, type Value } from "../graph/index.ts";
import { type BiasKind, biasPlans, type Layer, weightPlan } from "./layer.ts";

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** "plain" unless given. */
  readonly bias?: BiasKind;
}

/**
 * A dense layer: y = x Wᵀ + b, with W [outputs, inputs] called `weight` and b [outputs] called `bias`, as in PyTorch.
 *
 * Inputs are [examples, inputs]; of several runs [runs, examples, inputs], or shared by all runs, or [sets, examples,
 * inputs] of which the run r has set r mod sets.
 *
 * @example linear({ inputs: 784, outputs: 10, bias: "none" })
 */
export function linear({ inputs, outputs, bias = "plain" }: LinearOptions): Layer {
  return {
    parameters: {
      weight: weightPlan([outputs, inputs], inputs),
      ...biasPlans("bias", bias, outputs, inputs),
    },
    sideBySide: true,
    apply(weights, x, runs) {
      const shift = biasValue(weights, "bias");
      if (runs === null) return Gemm(x, weights.weight, shift, { transB: 1 });
      const sums = timesWeights(x, weights.weight, runs);
      return shift === null ? sums : Add(sums, Reshape(shift, [runs, 1, outputs]));
    },
  };
}

/** The bias as one value, whatever its kind; null where there is none. */
export function biasValue(weights: Readonly<Record<string, Value>>, name: string): Value | null {
  if (name in weights) return weights[name];
  const halves = [`${name}.positive`, `${name}.negative`].map((half) => weights[half]);
  return halves[0] === undefined ? null : Add(halves[0], halves[1]);
}

/**
 * x Wᵀ of several runs: x [examples, inputs] or [sets, examples, inputs], W [runs, outputs, inputs].
 *
 * Of several sets the run r has set r mod sets. Inputs that runs share are read once: the runs become further outputs of one
 * product.
 */
export function timesWeights(x: Value, weight: Value, runs: number): Value {
  const [, outputs, inputs] = weight.shape;
  if (x.shape.length === 2) {
    const rows = Reshape(weight, [runs * outputs, inputs]);
    if (outputs === 1) return Reshape(Gemm(rows, x, null, { transB: 1 }), [runs, x.shape[0], 1]);
    const product = Gemm(x, rows, null, { transB: 1 });
    return Transpose(Reshape(product, [x.shape[0], runs, outputs]), { perm: [1, 0, 2] });
  }
  const [sets, examples] = x.shape;
  if (sets === runs) return MatMul(x, Transpose(weight, { perm: [0, 2, 1] }));
  const sharing = runs / sets;
  const bySet = Transpose(Reshape(weight, [sharing, sets, outputs, inputs]), { perm: [1, 0, 2, 3] });
  const rows = Reshape(bySet, [sets, sharing * outputs, inputs]);
  const product = MatMul(rows, Transpose(x, { perm: [0, 2, 1] }));
  const sums = Transpose(Reshape(product, [sets, sharing, outputs, examples]), { perm: [1, 0, 3, 2] });
  return Reshape(sums, [runs, examples, outputs]);
}
