/** How much weights change without learning, as a power of their size. */

import { maximum } from "../profile-likelihood.ts";
import { EXPONENT_RANGE } from "../rank-independence.ts";
import { rootFrom } from "../root.ts";
import { normalQuantile } from "../special-functions.ts";
import type { SizedPairs } from "./control-pairs.ts";

/** SD of the control change: s₀(w) = scale · w^(1−λ₀). */
export interface ControlScale {
  readonly exponent: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly scale: number;
  /** |δ|/s₀(w) of the control synapses, sorted. */
  readonly standardised: Float64Array;
}

const TOLERANCE = 1e-5;

/**
 * λ₀ and the scale of the control's own change by Gaussian maximum likelihood with mean 0.
 *
 * ℓ(λ) = −n [ln RMS(δ w^{λ−1}) − (λ − 1) mean ln w]; the cut-off of the interval is raised by the sandwich, over clusters
 * where there are any. This is the exponent of fluctuation and measurement noise together.
 */
export function controlScale(pairs: SizedPairs, clusterCount: number, level: number): ControlScale {
  const { count, change, logSize, cluster } = pairs;
  const meanLog = logSize.reduce((sum, x) => sum + x, 0) / count;
  const scaleAt = (exponent: number) => {
    let squares = 0;
    for (let i = 0; i < count; i++) squares += change[i] ** 2 * Math.exp(2 * (exponent - 1) * logSize[i]);
    return Math.sqrt(squares / count);
  };
  const logLikelihood = (exponent: number) =>
    -count * (Math.log(scaleAt(exponent)) - (exponent - 1) * meanLog);
  const { low: lowest, high: highest } = EXPONENT_RANGE;
  const exponent = maximum(logLikelihood, lowest, highest, TOLERANCE);
  const scale = scaleAt(exponent);
  const ratios = change.map((delta, i) => (delta / scale) ** 2 * Math.exp(2 * (exponent - 1) * logSize[i]));
  const totals = cluster === null ? new Float64Array(count) : new Float64Array(clusterCount);
  let information = 0;
  for (let i = 0; i < count; i++) {
    totals[cluster === null ? i : cluster[i]] += (1 - ratios[i]) * (logSize[i] - meanLog);
    information += 2 * (logSize[i] - meanLog) ** 2;
  }
  const spread = totals.reduce((sum, total) => sum + total * total, 0);
  const factor = information > 0 ? Math.max(1, spread / information) : 1;
  const drop = 0.5 * normalQuantile(0.5 + level / 2) ** 2 * factor;
  const height = (x: number) => logLikelihood(x) - logLikelihood(exponent) + drop;
  return {
    exponent,
    low: rootFrom(height, exponent, 0.05, EXPONENT_RANGE, TOLERANCE),
    high: rootFrom((x) => -height(x), exponent, 0.05, EXPONENT_RANGE, TOLERANCE),
    scale,
    standardised: ratios.map(Math.sqrt).sort(),
  };
}
