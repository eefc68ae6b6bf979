/** The exponent of the mean change, reported beside that of its variance. */

import { estimateByProfile, likelihoodOfContributions } from "../profile-likelihood.ts";
import { normalQuantile } from "../special-functions.ts";
import type { ControlPairs } from "./control-pairs.ts";
import { type VarianceWithControl, varianceAt } from "./variance-with-control.ts";

const CURVE = { range: { low: -1.5, high: 4 }, step: 0.1, tolerance: 1e-4 } as const;

export interface MeanChange {
  /** null where the mean change is not beyond its error. */
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * λ of δ̄(w) ∝ w^{1−λ}, the mean change beyond the control's, by weighted least squares with the fitted variances.
 *
 * ℓ_i = −½ (δ_i − (1, w_i)·β_C − a w_i^{1−λ})²/V_i, a at its best for each λ. Saturation and homeostasis act on the mean too:
 * it need not agree with the exponent of the variance.
 */
export function meanChangeExponent(
  { learning, clusterCount }: ControlPairs,
  { parameters, controlMean }: VarianceWithControl,
  level: number,
): MeanChange {
  const beyond = learning.change.map(
    (change, i) => change - controlMean[0] - controlMean[1] * learning.size[i],
  );
  const precision = learning.size.map((size) => {
    const variance = varianceAt(parameters, size);
    return 1 / (variance.control + variance.learning);
  });
  const slopeAt = (exponent: number) => {
    let [product, squares] = [0, 0];
    for (let i = 0; i < learning.count; i++) {
      const shape = Math.exp((1 - exponent) * learning.logSize[i]);
      product += precision[i] * shape * beyond[i];
      squares += precision[i] * shape * shape;
    }
    return { slope: product / squares, error: 1 / Math.sqrt(squares) };
  };
  const likelihood = likelihoodOfContributions(
    { count: learning.count, cluster: learning.cluster, clusterCount },
    (exponent, out) => {
      const { slope } = slopeAt(exponent);
      for (let i = 0; i < learning.count; i++) {
        const residual = beyond[i] - slope * Math.exp((1 - exponent) * learning.logSize[i]);
        out[i] = -0.5 * precision[i] * residual * residual;
      }
    },
  );
  const { estimate, low, high } = estimateByProfile(likelihood, { ...CURVE, level });
  if (estimate === null) return { estimate, low: null, high: null };
  const { slope, error } = slopeAt(estimate);
  const isBeyond = Math.abs(slope) > normalQuantile(0.5 + level / 2) * error;
  return isBeyond ? { estimate, low, high } : { estimate: null, low: null, high: null };
}
