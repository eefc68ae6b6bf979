/** Recurrent layers. */

import { InputError } from "../errors.ts";
import { Add, Gemm, MatMul, Relu, Reshape, Split, Tanh, Transpose, type Value } from "../graph/index.ts";
import { type BiasKind, biasPlans, type Layer, weightPlan } from "./layer.ts";
import { biasValue, timesWeights } from "./linear.ts";

export interface RecurrentOptions {
  /** Numbers that come in at each step. */
  readonly inputs: number;
  /** Recurrent neurons. */
  readonly hidden: number;
  /** Of each neuron; "tanh" unless given. */
  readonly nonlinearity?: "tanh" | "relu";
  /** Of both biases, of the inputs and of the recurrence; "plain" unless given. */
  readonly bias?: BiasKind;
}

/**
 * A vanilla recurrent layer, of which the last state is read out:
 *
 * h_t = f(W_ih x_t + b_ih + W_hh h_(t−1) + b_hh), h_0 = 0;  the output is h_T.
 *
 * Inputs are [steps, examples, inputs] and shared by all runs, the output [examples, hidden] ([runs, examples, hidden]).
 * The parameters are called as those of PyTorch's RNN, `weight_ih_l0` [hidden, inputs], `weight_hh_l0` [hidden, hidden] and
 * the biases `bias_ih_l0`, `bias_hh_l0` [hidden], so that either can read the other's files.
 *
 * @example recurrent({ inputs: 28, hidden: 100 })
 */
export function recurrent(options: RecurrentOptions): Layer {
  const { inputs, hidden, nonlinearity = "tanh", bias = "plain" } = options;
  const activate = nonlinearity === "tanh" ? Tanh : Relu;
  return {
    parameters: {
      weight_ih_l0: weightPlan([hidden, inputs], hidden),
      weight_hh_l0: weightPlan([hidden, hidden], hidden, "recurrent"),
      ...biasPlans("bias_ih_l0", bias, hidden, hidden),
      ...biasPlans("bias_hh_l0", bias, hidden, hidden),
    },
    sideBySide: true,
    apply(weights, x, runs) {
      requireSequences(x, inputs);
      const driven = inputSums(x, weights, hidden, runs);
      const recurrence = weights.weight_hh_l0;
      const transposed = runs === null ? null : Transpose(recurrence, { perm: [0, 2, 1] });
      let state = activate(driven[0]);
      for (const drive of driven.slice(1)) {
        const sums =
          transposed === null
            ? Gemm(state, recurrence, drive, { transB: 1 })
            : Add(MatMul(state, transposed), drive);
        state = activate(sums);
      }
      return state;
    },
  };
}

/** W_ih x_t + b_ih + b_hh for every step: one product for all, then a piece a step. */
function inputSums(
  x: Value,
  weights: Readonly<Record<string, Value>>,
  hidden: number,
  runs: number | null,
): readonly Value[] {
  const [steps, examples, inputs] = x.shape;
  const biases = [biasValue(weights, "bias_ih_l0"), biasValue(weights, "bias_hh_l0")];
  const shift = biases[0] !== null && biases[1] !== null ? Add(biases[0], biases[1]) : null;
  const all = Reshape(x, [steps * examples, inputs]);
  const pieces = new Array<number>(steps).fill(examples);
  if (runs === null) {
    const sums = Gemm(all, weights.weight_ih_l0, shift, { transB: 1 });
    return steps === 1 ? [sums] : Split(sums, pieces, { axis: 0 });
  }
  const products = timesWeights(all, weights.weight_ih_l0, runs);
  const sums = shift === null ? products : Add(products, Reshape(shift, [runs, 1, hidden]));
  return steps === 1 ? [sums] : Split(sums, pieces, { axis: 1 });
}

function requireSequences(x: Value, inputs: number): void {
  if (x.shape.length === 3 && x.shape[2] === inputs && x.shape[0] > 0) return;
  throw new InputError({
    code: "not-sequences",
    message: `recurrent: expected inputs [steps, examples, ${inputs}], got [${x.shape}]; put the steps first (timeFirst)`,
  });
}
