/** The exponent under measurement noise when changes are small: how the variance of the change grows with size. */

import { type NoisyPairs, noiseVariance } from "./measurement-noise.ts";
import {
  estimateByProfile,
  likelihoodOfContributions,
  type ProfileEstimate,
  type ProfileLikelihood,
} from "./profile-likelihood.ts";

const CURVE = { range: { low: -1.5, high: 4 }, step: 0.1, tolerance: 1e-5 } as const;
const ITERATIONS = 100;
/** Weights closer to zero than this (in geometric means) and than the additive noise have no reliable size. */
const SMALLEST_SIZE = 1e-3;

interface Fit {
  readonly location: number;
  readonly variance: number;
}

/**
 * λ̂ from the variance function with known noise.
 *
 * δ_i | w̄_i ~ N(μ_g |w̄|^{1−λ}, σ_g² |w̄|^{2(1−λ)} + 2τ_a² + 2τ_m² w̄²),  w̄ = (w⁰ + w¹)/2: the average makes the noise of the
 * regressor uncorrelated with the noise of the difference. A first-order form: right for changes that are small beside
 * the weight; at 50 % and λ = 2 it fails, where the latent grid is used.
 */
export function varianceFunctionExponent(pairs: NoisyPairs, level: number): ProfileEstimate {
  return estimateByProfile(varianceFunction(pairs), { ...CURVE, level });
}

function varianceFunction(pairs: NoisyPairs): ProfileLikelihood {
  const { count, groupStart } = pairs;
  const change = pairs.final.map((weight, k) => weight - pairs.initial[k]);
  const noise = Float64Array.from(change, (_, k) => noiseVariance(pairs, k));
  const floor = Math.max(SMALLEST_SIZE, pairs.noise.additive);
  const logSize = Float64Array.from(change, (_, k) =>
    Math.log(Math.max(floor, 0.5 * Math.abs(pairs.initial[k] + pairs.final[k]))),
  );
  const slope = new Float64Array(count);
  const contributions = (exponent: number, out: Float64Array) => {
    for (let k = 0; k < count; k++) slope[k] = Math.exp((1 - exponent) * logSize[k]);
    for (let g = 0; g + 1 < groupStart.length; g++) {
      const { location, variance } = fitGroup(change, noise, slope, groupStart[g], groupStart[g + 1]);
      for (let k = groupStart[g]; k < groupStart[g + 1]; k++) {
        const spread = variance * slope[k] * slope[k] + noise[k];
        const residual = change[k] - location * slope[k];
        out[k] = -0.5 * (Math.log(spread) + (residual * residual) / spread);
      }
    }
  };
  return likelihoodOfContributions(pairs, contributions);
}

/** Maximum likelihood of μ and σ² ≥ 0 by Fisher scoring, μ by weighted least squares in between. */
function fitGroup(
  change: Float64Array,
  noise: Float64Array,
  slope: Float64Array,
  from: number,
  to: number,
): Fit {
  let variance = 0;
  for (let k = from; k < to; k++) variance += (change[k] / slope[k]) ** 2 / (to - from);
  const smallest = 1e-10 * variance;
  let location = 0;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let [weighted, weights, gain, information] = [0, 0, 0, 0];
    for (let k = from; k < to; k++) {
      const precision = 1 / (variance * slope[k] * slope[k] + noise[k]);
      weighted += precision * slope[k] * change[k];
      weights += precision * slope[k] * slope[k];
    }
    location = weighted / weights;
    for (let k = from; k < to; k++) {
      const square = slope[k] * slope[k];
      const precision = 1 / (variance * square + noise[k]);
      const residual = change[k] - location * slope[k];
      gain += square * precision * (residual * residual * precision - 1);
      information += (square * precision) ** 2;
    }
    // Far from the optimum a full scoring step overshoots when a few changes dominate: at most a factor of four a step.
    const next = Math.min(4 * variance, Math.max(variance / 4, variance + gain / information, smallest));
    const settled = Math.abs(next - variance) <= 1e-9 * variance;
    variance = next;
    if (settled || variance <= smallest) break;
  }
  return { location, variance };
}
