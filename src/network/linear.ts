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
 * Inputs are [examples, inputs]; of several runs [runs, examples, inputs], or shared by all runs.
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
 * x Wᵀ of several runs: x [examples, inputs] or [runs, examples, inputs], W [runs, outputs, inputs].
 *
 * Inputs that the runs share are read once: the runs become further outputs of one product.
 */
export function timesWeights(x: Value, weight: Value, runs: number): Value {
  if (x.shape.length === 3) return MatMul(x, Transpose(weight, { perm: [0, 2, 1] }));
  const [, outputs, inputs] = weight.shape;
  const product = Gemm(x, Reshape(weight, [runs * outputs, inputs]), null, { transB: 1 });
  return Transpose(Reshape(product, [x.shape[0], runs, outputs]), { perm: [1, 0, 2] });
}
