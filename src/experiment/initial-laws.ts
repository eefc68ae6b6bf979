/** Observed sizes, and the laws of weights before learning that a change in the dual may have made them of. */

import { type Potential, parsePotential } from "../geometry/index.ts";
import {
  type Deconvolution,
  deconvolve,
  kolmogorovCritical,
  kolmogorovDistance,
  type NormalMixture,
  type SmearedPoints,
  smearedCdf,
} from "../inference/index.ts";

/** More values are stood for by as many of their quantiles. */
const MOST_VALUES = 2000;
/** Sizes of change that are looked at, in SDs of the observed dual weights. */
export const RATIOS = { low: 0.002, high: 1.5 } as const;
const HALVINGS = 11;

/** How a model's weights come about; the words stand in the results. */
export type Start = "two points" | "largest change" | "smallest change" | "same change";

export interface Model {
  readonly start: Start;
  readonly law: SmearedPoints;
  readonly doubt: string | null;
}

export interface Observed {
  readonly potential: Potential;
  /** In growing order, as their duals. */
  readonly weights: Float64Array;
  readonly duals: Float64Array;
  /** SD of the duals. */
  readonly spread: number;
  /** How many were measured. */
  readonly count: number;
}

/** @param sizes  in growing order */
export function observedOf(sizes: Float64Array, potential: Potential): Observed {
  const weights = representatives(sizes);
  const duals = weights.map((weight) => potential.mirrorMap(weight));
  const mean = duals.reduce((sum, dual) => sum + dual, 0) / duals.length;
  const squares = duals.reduce((sum, dual) => sum + (dual - mean) ** 2, 0);
  return { potential, weights, duals, spread: Math.sqrt(squares / (duals.length - 1)), count: sizes.length };
}

function representatives(sorted: Float64Array): Float64Array {
  const n = sorted.length;
  if (n <= MOST_VALUES) return sorted;
  return Float64Array.from(
    { length: MOST_VALUES },
    (_, k) => sorted[Math.floor(((k + 0.5) * n) / MOST_VALUES)],
  );
}

/** Two points under the negative entropy, and in other geometries a change as large as theirs. */
export function commonChange(observed: Observed, mixture: NormalMixture): Model {
  const { exponent } = observed.potential;
  if (exponent === 0) return { start: "two points", law: inDual(mixture), doubt: null };
  const law = startFor(observed, changeIn(mixture, exponent ?? 1));
  return { start: "same change", law, doubt: unsettledWords(law, "that change") };
}

/** Means of ln w as duals of the negative entropy, which has 1 more. */
export const inDual = (mixture: NormalMixture): SmearedPoints => ({
  ...mixture,
  points: mixture.points.map((mean) => parsePotential("negative-entropy").mirrorMap(Math.exp(mean))),
});

/** √E(w₁^λ − w₀^λ)² for w₀ = exp(μₖ), w₁ = w₀ exp(σε): the size of the mixture's change in the dual of the (λ + 1)-norm. */
function changeIn({ points, shares, deviation }: NormalMixture, exponent: number): number {
  const spread = (exponent * deviation) ** 2;
  const factor = Math.exp(2 * spread) - 2 * Math.exp(spread / 2) + 1;
  return Math.sqrt(
    points.reduce((sum, mean, k) => sum + shares[k] * Math.exp(2 * exponent * mean) * factor, 0),
  );
}

/** The most likely start before a change of that σ: weights > 0. */
export function startFor({ potential, duals }: Observed, deviation: number): Deconvolution {
  // What is below the least weight by more than 3 σ explains nothing.
  const low = potential.crossesZero ? potential.mirrorMap(0) : duals[0] - 3 * deviation;
  return deconvolve(duals, deviation, low);
}

const unsettledWords = ({ isSettled, gap }: Deconvolution, change: string) =>
  isSettled
    ? null
    : `the start before ${change} did not settle (its mean log-likelihood may be up to ${gap.toPrecision(2)} below the greatest)`;

/** By halving the range of ln σ; at its ends the search cannot tell, and says so. */
export function largestChange(observed: Observed): Model {
  const critical = kolmogorovCritical(observed.count);
  const startAt = (ratio: number) => startFor(observed, ratio * observed.spread);
  const fits = (law: SmearedPoints) => kolmogorovDistance(observed.duals, smearedCdf(law)) <= critical;
  const [least, most] = [startAt(RATIOS.low), startAt(RATIOS.high)];
  if (!fits(least)) {
    const doubt = `no change fits, not even one of ${RATIOS.low} SD of the dual weights, and smaller ones are not looked at`;
    return { start: "smallest change", law: least, doubt };
  }
  if (fits(most)) {
    const doubt = `every change up to ${RATIOS.high} SD of the dual weights fits, and larger ones are not looked at`;
    return { start: "largest change", law: most, doubt };
  }
  let [low, high] = [Math.log(RATIOS.low), Math.log(RATIOS.high)];
  let law = least;
  for (let step = 0; step < HALVINGS; step++) {
    const ratio = (low + high) / 2;
    const tried = startAt(Math.exp(ratio));
    if (fits(tried)) [law, low] = [tried, ratio];
    else high = ratio;
  }
  return { start: "largest change", law, doubt: unsettledWords(law, "the largest change that fits") };
}
