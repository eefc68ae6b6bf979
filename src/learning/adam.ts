/** Adam's scaling: each gradient over its own running size. */

import {
  Add,
  Cast,
  Div,
  Max,
  Mul,
  Pow,
  Sqrt,
  Sub,
  scalar,
  tensorOf,
  type Value,
  zeroTensor,
} from "../graph/index.ts";
import { alongRuns } from "./runs.ts";
import { mapNamed, requireOption, type Unit } from "./unit.ts";

export interface AdamOptions {
  /** β₁, the share of the running mean that stays at each step, 0 ≤ β₁ < 1; 0.9 unless given. */
  readonly meanDecay?: number;
  /** β₂, the same for the running mean of squares; 0.999 unless given. */
  readonly squareDecay?: number;
  /** ε > 0, in units of the gradient; 1e-8 unless given. */
  readonly epsilon?: number;
  /** Divide by the largest v so far in place of the last. false unless given. */
  readonly amsgrad?: boolean;
}

/**
 * Adam's direction, to be followed by `scaleByLearningRate()`.
 *
 * m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  passed on: (m/(1 − β₁ᵗ)) / (√v/√(1 − β₂ᵗ) + ε), t = 1, 2, …
 *
 * Under the negative entropy, after `decoupledWeightDecay`, it is AdamW-EG; in the 2-norm it is PyTorch's AdamW. With
 * `amsgrad` v is replaced by its largest value so far before the correction, as PyTorch does. The directions have sizes
 * near 1 whatever the gradient, so the total dual change is not in the span of the gradients. The squares overflow in float32 for
 * gradients beyond 1e19. The count of steps is a float64, because 1 − β₂ᵗ in float32 has four digits.
 *
 * @throws InputError `bad-option`
 * @see Kingma & Ba 2015, arXiv:1412.6980; Reddi, Kale & Kumar 2018 (ICLR) for `amsgrad`; Cornford et al. 2024,
 *   doi:10.1101/2024.10.25.620272, for the exponentiated gradient
 * @example chain(decoupledWeightDecay({ rate: 0.01 }), adam(), scaleByLearningRate())
 */
export function adam({
  meanDecay = 0.9,
  squareDecay = 0.999,
  epsilon = 1e-8,
  amsgrad = false,
}: AdamOptions = {}): Unit {
  requireOption("adam", "meanDecay >= 0 and < 1", meanDecay, meanDecay >= 0 && meanDecay < 1);
  requireOption("adam", "squareDecay >= 0 and < 1", squareDecay, squareDecay >= 0 && squareDecay < 1);
  requireOption("adam", "epsilon > 0 and finite", epsilon, epsilon > 0 && epsilon < Infinity);
  const kinds = amsgrad ? ["mean", "square", "largest"] : ["mean", "square"];
  return {
    name: "adam",
    init(parameters) {
      const moments = Object.entries(parameters).flatMap(([name, tensor]) =>
        kinds.map((kind) => [`${name}.${kind}`, zeroTensor(tensor)]),
      );
      return { ...Object.fromEntries(moments), steps: tensorOf("float64", [], [0]) };
    },
    update(updates, { state }) {
      const steps = Add(state.steps, 1);
      // The whole direction is m/(a√v + b) with a = (1 − β₁ᵗ)/√(1 − β₂ᵗ) and b = (1 − β₁ᵗ)ε.
      const meanShare = Sub(1, Pow(scalar(meanDecay, "float64"), steps));
      const squareShare = Sub(1, Pow(scalar(squareDecay, "float64"), steps));
      const slope = Div(meanShare, Sqrt(squareShare));
      const offset = Mul(meanShare, epsilon);
      const next: Record<string, Value> = { steps };
      const directions = mapNamed(updates, (gradient, name) => {
        const like = (factor: Value) => alongRuns(Cast(factor, { to: gradient.dtype }), gradient);
        const mean = Add(Mul(state[`${name}.mean`], meanDecay), Mul(gradient, 1 - meanDecay));
        const newest = Mul(Mul(gradient, gradient), 1 - squareDecay);
        const square = Add(Mul(state[`${name}.square`], squareDecay), newest);
        next[`${name}.mean`] = mean;
        next[`${name}.square`] = square;
        if (!amsgrad) return Div(mean, Add(Mul(Sqrt(square), like(slope)), like(offset)));
        const largest = Max(state[`${name}.largest`], square);
        next[`${name}.largest`] = largest;
        return Div(mean, Add(Mul(Sqrt(largest), like(slope)), like(offset)));
      });
      return { updates: directions, state: next };
    },
  };
}
