/** The optimiser units: weight decay, clipping, momentum and the learning rate. */

import { InputError } from "../errors.ts";
import {
  Add,
  Div,
  fastSign,
  type GraphTensor,
  Max,
  Mul,
  Neg,
  ReduceSum,
  Sqrt,
  sizeOf,
  tensorOf,
  type Value,
} from "../graph/index.ts";
import { mapNamed, type Named, statelessUnit, type Unit } from "./unit.ts";

/**
 * Weight decay added to the gradient, so that momentum smooths both.
 *
 * `proportional`: g + λw, the gradient of λw²/2; under the negative entropy |w| shrinks by exp(−ηλ|w|), large weights
 * fastest. `sign`: g + λ sgn(w), the gradient of λ|w|; under the negative entropy |w| shrinks by exp(−ηλ) for all sizes.
 * It is not the decoupled decay of AdamW.
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
      const buffers = Object.entries(parameters).map(([name, tensor]) => [buffer(name), zerosLike(tensor)]);
      // Without dampening an empty buffer does the first step right by itself.
      const started = dampening === 0 ? {} : { first: tensorOf(dtypeOf(parameters), [], [1]) };
      return { ...Object.fromEntries(buffers), ...started };
    },
    update(updates, { state }) {
      const damped = (update: Value) =>
        dampening === 0 ? update : Mul(update, Max(state.first, 1 - dampening));
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
 * All updates times one factor, so that their joint 2-norm is at most `maximum`.
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
    update(updates) {
      const squares = Object.values(updates).map((value) =>
        ReduceSum(Mul(value, value), null, { keepdims: 0 }),
      );
      const norm = Sqrt(squares.reduce((sum, square) => Add(sum, square)));
      const factor = Div(maximum, Max(norm, maximum));
      return { updates: mapNamed(updates, (value) => Mul(value, factor)), state: {} };
    },
  };
}

/** The update −η·d: from directions of growing loss to changes of the dual weights. */
export function scaleByLearningRate(): Unit {
  return statelessUnit("learning-rate", (update, _, learningRate) => Mul(update, Neg(learningRate)));
}

function zerosLike({ dtype, shape }: GraphTensor): GraphTensor {
  return tensorOf(dtype, shape, new Array(sizeOf(shape)).fill(0));
}

const dtypeOf = (parameters: Named<GraphTensor>) => Object.values(parameters)[0].dtype;

function requireOption(where: string, what: string, value: number, holds: boolean): void {
  if (holds) return;
  throw new InputError({
    code: "bad-option",
    message: `${where}: expected ${what}, got ${value}; choose another value`,
  });
}
