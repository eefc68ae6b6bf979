/** Mirror descent on a few weights, in plain numbers: what the graphs do, to be looked at step by step. */

import type { Potential } from "../geometry/index.ts";

export interface MirrorPathOptions {
  readonly potential: Potential;
  /** ∂loss/∂w at weights of the same length. */
  readonly gradient: (weights: readonly number[]) => readonly number[];
  /** Inside the potential's domain. */
  readonly start: readonly number[];
  /** η. */
  readonly learningRate: number;
  readonly steps: number;
}

/** A path of learning in both coordinates; row 0 is the start. */
export interface MirrorPath {
  readonly weights: readonly (readonly number[])[];
  /** φ′ of the weights. */
  readonly duals: readonly (readonly number[])[];
  /** Whether it ended before its last step, because a weight, or the gradient there, was no finite number. */
  readonly diverged: boolean;
}

/**
 * The path of mirror descent without momentum.
 *
 * y ← y − η ∂loss/∂w, w = (φ′)⁻¹(y): the dual weights are kept, so no rounding of the way back adds up. Weights keep the
 * sign of the start under the negative entropy.
 *
 * @throws InputError `outside-domain` for a start outside the potential's domain
 * @see Nemirovski & Yudin 1983; Beck & Teboulle 2003, doi:10.1016/S0167-6377(02)00231-6
 */
export function mirrorPath({
  potential,
  gradient,
  start,
  learningRate,
  steps,
}: MirrorPathOptions): MirrorPath {
  const signs = start.map((weight) => (weight < 0 ? -1 : 1));
  const weights: (readonly number[])[] = [start];
  const duals: (readonly number[])[] = [start.map((weight) => potential.mirrorMap(weight))];
  for (let step = 0; step < steps; step++) {
    const slopes = gradient(weights[step]);
    const next = duals[step].map((dual, k) => dual - learningRate * slopes[k]);
    if (!next.every(Number.isFinite)) return { weights, duals, diverged: true };
    const moved = next.map((dual, k) => potential.inverseMirrorMap(dual, signs[k]));
    if (!moved.every(Number.isFinite)) return { weights, duals, diverged: true };
    duals.push(next);
    weights.push(moved);
  }
  return { weights, duals, diverged: false };
}
