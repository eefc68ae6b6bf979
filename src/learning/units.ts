/** The optimiser units: weight decay, clipping, momentum and the learning rate; Adam has a file of its own. */

import {
  Add,
  Div,
  fastSign,
  type GraphTensor,
  Max,
  Mul,
  Neg,
  Sqrt,
  Sub,
  tensorOf,
  type Value,
  zeroTensor,
} from "../graph/index.ts";
import type { Named } from "../network/index.ts";
import { alongRuns, sumOfEachRun } from "./runs.ts";
import { mapNamed, requireOption, statelessUnit, type Unit } from "./unit.ts";

/**
 * Weight decay added to the gradient, so that momentum smooths both.
 *
 * `proportional`: g + λw, the gradient of λw²/2; under the negative entropy |w| shrinks by exp(−ηλ|w|), large weights
 * fastest. `sign`: g + λ sgn(w), the gradient of λ|w|; under the negative entropy |w| shrinks by exp(−ηλ) for all sizes.
 * AdamW's is `decoupledWeightDecay`.
 *
 * @param rate  λ ≥ 0 and finite
 * @param form  `proportional` unless given
 * @throws InputError `bad-option`
 * @see Cornford et al. 2024, "Brain-like learning with exponentiated gradients", doi:10.1101/2024.10.25.620272
 */
export function weightDecay({
  rate,
  form = "proportional",
}: {
  readonly rate: number;
  readonly form?: "proportional" | "sign";
}): Unit {
  requireOption("weightDecay", "rate >= 0 and finite", rate, rate >= 0 && rate < Infinity);
  const pull = (weight: Value) => (form === "sign" ? fastSign(weight) : weight);
  return statelessUnit("weight-decay", (update, weight) =>
    rate === 0 ? update : Add(update, Mul(pull(weight), rate)),
  );
}

/**
 * Weight decay that does not pass through the optimiser: the weights shrink by a factor before the mirror step.
 *
 * w ← w(1 − ηλ), in every geometry alike; the update follows from there.
 *
 * No weight changes its sign: learning rates η ≥ 1/λ are refused by `TrainingStep.learningRate`; one that is fed past it
 * shrinks weights to 0. Without Adam it is plain gradient descent's usual decay in the 2-norm only.
 *
 * @param rate  λ ≥ 0 and finite, PyTorch's `weight_decay` of AdamW
 * @throws InputError `bad-option`
 * @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization" (ICLR), arXiv:1711.05101
 */
export function decoupledWeightDecay({ rate }: { readonly rate: number }): Unit {
  requireOption("decoupledWeightDecay", "rate >= 0 and finite", rate, rate >= 0 && rate < Infinity);
  return {
    name: "decoupled-weight-decay",
    learningRateLimit: 1 / rate,
    init: () => ({}),
    update(updates, { parameters, learningRate }) {
      if (rate === 0) return { updates, state: {} };
      const factor = Max(Sub(1, Mul(learningRate, rate)), 0);
      const weights = mapNamed(parameters, (weight) => Mul(weight, alongRuns(factor, weight)));
      return { updates, state: {}, weights };
    },
  };
}

export interface MomentumOptions {
  /** μ, the share of the buffer that stays at each step, 0 ≤ μ < 1. */
  readonly decay: number;
  /** τ, 0 ≤ τ ≤ 1; 0 unless given. The first gradient enters undamped. */
  readonly dampening?: number;
  /** Pass on g + μ·buffer in place of the buffer; only without dampening. false unless given. */
  readonly nesterov?: boolean;
}

/**
 * Heavy-ball momentum on gradients: one buffer for each parameter.
 *
 * First step: buffer = g. Later: buffer ← μ·buffer + (1 − τ)g. Passed on: the buffer, or g + μ·buffer with Nesterov.
 *
 * The buffer holds sums of gradients, not of weight changes, so the total dual change stays in the span of the gradients.
 *
 * @throws InputError `bad-option`
 * @see Polyak 1964, doi:10.1016/0041-5553(64)90137-5; Sutskever et al. 2013 (ICML, PMLR 28:1139–1147) for Nesterov's form
 */
export function momentum({ decay, dampening = 0, nesterov = false }: MomentumOptions): Unit {
  requireOption("momentum", "decay >= 0 and < 1", decay, decay >= 0 && decay < 1);
  requireOption("momentum", "dampening from 0 to 1", dampening, dampening >= 0 && dampening <= 1);
  requireOption("momentum", "dampening 0 with nesterov", dampening, !nesterov || dampening === 0);
  const buffer = (name: string) => `${name}.buffer`;
  return {
    name: "momentum",
    init(parameters) {
      const buffers = Object.entries(parameters).map(([name, tensor]) => [buffer(name), zeroTensor(tensor)]);
      // Without dampening an empty buffer does the first step right by itself.
      const started = dampening === 0 ? {} : { first: tensorOf(dtypeOf(parameters), [], [1]) };
      return { ...Object.fromEntries(buffers), ...started };
    },
    update(updates, { state }) {
      const damped = (update: Value) =>
        dampening === 0 ? update : Mul(update, alongRuns(Max(state.first, 1 - dampening), update));
      const buffers = mapNamed(updates, (update, name) =>
        Add(Mul(state[buffer(name)], decay), damped(update)),
      );
      const next = Object.entries(buffers).map(([name, value]) => [buffer(name), value]);
      const started = dampening === 0 ? {} : { first: Mul(state.first, 0) };
      return {
        updates: nesterov
          ? mapNamed(updates, (update, name) => Add(update, Mul(buffers[name], decay)))
          : buffers,
        state: { ...Object.fromEntries(next), ...started },
      };
    },
  };
}

/**
 * All updates times one factor, so that their joint 2-norm is at most `maximum`; each run has its own.
 *
 * factor = maximum / max(‖(g₁, g₂, …)‖₂, maximum);  exactly 1 where the norm is small enough.
 *
 * PyTorch's clip_grad_norm_ adds 1e-6 to the norm. The squares overflow in float32 for updates beyond 1e19.
 *
 * @param maximum  > 0 and finite, in units of what enters: gradients, or updates if it stands after the learning rate
 * @throws InputError `bad-option`
 * @see Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks" (ICML, PMLR 28:1310–1318)
 */
export function clipGlobalNorm({ maximum }: { readonly maximum: number }): Unit {
  requireOption("clipGlobalNorm", "maximum > 0 and finite", maximum, maximum > 0 && maximum < Infinity);
  return {
    name: "clip-global-norm",
    init: () => ({}),
    update(updates, { learningRate }) {
      const squares = Object.values(updates).map((value) =>
        sumOfEachRun(Mul(value, value), learningRate.shape),
      );
      const norm = Sqrt(squares.reduce((sum, square) => Add(sum, square)));
      const factor = Div(maximum, Max(norm, maximum));
      return { updates: mapNamed(updates, (value) => Mul(value, alongRuns(factor, value))), state: {} };
    },
  };
}

/** The update −η·d: from directions of growing loss to changes of the dual weights. */
export function scaleByLearningRate(): Unit {
  return statelessUnit("learning-rate", (update, _, learningRate) =>
    Mul(update, alongRuns(Neg(learningRate), update)),
  );
}

const dtypeOf = (parameters: Named<GraphTensor>) => Object.values(parameters)[0].dtype;
