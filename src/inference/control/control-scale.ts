/** How much weights change without learning, as a power of their size. */

import { maximum } from "../profile-likelihood.ts";
import { EXPONENT_RANGE } from "../rank-independence.ts";
import type { SizedPairs } from "./control-pairs.ts";

/** SD of the control change: s₀(w) = scale · w^(1−λ₀). */
export interface ControlScale {
  readonly exponent: number;
  readonly scale: number;
  /** |δ|/s₀(w) of the control synapses, sorted. */
  readonly standardised: Float64Array;
}

const TOLERANCE = 1e-5;

/**
 * λ₀ and the scale of the control's own change by Gaussian maximum likelihood with mean 0: a bound for what happens without
 * learning, fluctuation and measurement noise together.
 *
 * ℓ(λ) = −n [ln RMS(δ w^{λ−1}) − (λ − 1) mean ln w]
 */
export function controlScale({ count, change, logSize }: SizedPairs): ControlScale {
  const meanLog = logSize.reduce((sum, x) => sum + x, 0) / count;
  const scaleAt = (exponent: number) => {
    let squares = 0;
    for (let i = 0; i < count; i++) squares += change[i] ** 2 * Math.exp(2 * (exponent - 1) * logSize[i]);
    return Math.sqrt(squares / count);
  };
  const logLikelihood = (exponent: number) => (exponent - 1) * meanLog - Math.log(scaleAt(exponent));
  const exponent = maximum(logLikelihood, EXPONENT_RANGE.low, EXPONENT_RANGE.high, TOLERANCE);
  const scale = scaleAt(exponent);
  return {
    exponent,
    scale,
    standardised: change
      .map((delta, i) => (Math.abs(delta) / scale) * Math.exp((exponent - 1) * logSize[i]))
      .sort(),
  };
}
