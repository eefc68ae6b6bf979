/** What each of several methods says of given exponents: for simulations that ask who finds the right one. */

import { type Potential, potentialOfExponent } from "../geometry/index.ts";
import { andersonDarling } from "./anderson-darling.ts";
import { cellCounts, distanceToNormal } from "./delta-cdf.ts";
import { type ContinuumPairs, continuumPairs, dualChangesAt } from "./dual-continuum.ts";
import { rankEstimateAlone } from "./estimate.ts";
import type { PairedWeights } from "./paired-weights.ts";
import { independenceTest } from "./rank-independence.ts";
import { SHAPIRO_WILK_COUNTS, shapiroWilk } from "./shapiro-wilk.ts";
import { fitStudent } from "./student-law.ts";
import { studentLikelihood } from "./student-likelihood.ts";

/**
 * Ways to choose among exponents.
 *
 * Of the dual changes standardised within groups, with and without their mean: `delta-cdf` and `delta-cdf-centred` (least),
 * `anderson-darling` (least A²), `shapiro-wilk` (greatest W; none beyond 5000 pairs).
 * `gaussian-likelihood` and `student-likelihood`: greatest likelihood with Jacobian, mean and scale of each group fitted.
 * `spearman`: least |correlation| of the ranks of |d − median| and |w⁰| within groups; none where a sign changed and λ ≤ 0.
 * `rank-independence`: nearest to λ̂ of the headline estimator.
 */
export const scoringMethods = [
  "delta-cdf",
  "delta-cdf-centred",
  "anderson-darling",
  "shapiro-wilk",
  "gaussian-likelihood",
  "student-likelihood",
  "spearman",
  "rank-independence",
] as const;
export type ScoringMethod = (typeof scoringMethods)[number];

/** For each method one score an exponent, in their order: the least is chosen, NaN never is. */
export type ExponentScores = Readonly<Record<ScoringMethod, readonly number[]>>;

/**
 * Scores of each exponent by each method.
 *
 * @param pairs      present at both ends; groups, where there are any, each have a mean and a scale of change of their own
 * @param exponents  λ ≥ 0
 * @throws InputError `bad-parameter` for λ < 0
 */
export function scoreExponents(pairs: PairedWeights, exponents: readonly number[]): ExponentScores {
  const continuum = continuumPairs(pairs);
  const normality = exponents.map((exponent) => normalityOf(pairs, continuum, potentialOfExponent(exponent)));
  const gaussian = gaussianLikelihood(continuum);
  const student = studentLikelihood(continuum);
  const test = independenceTest(continuum);
  const changes = new Float64Array(continuum.count);
  const estimate = rankEstimateAlone(continuum) ?? Number.NaN;
  return {
    "delta-cdf": normality.map(({ uncentred }) => uncentred),
    "delta-cdf-centred": normality.map(({ centred }) => centred),
    "anderson-darling": normality.map(({ tails }) => tails),
    "shapiro-wilk": normality.map(({ straightness }) => -straightness),
    "gaussian-likelihood": exponents.map((exponent) => -gaussian(exponent)),
    "student-likelihood": exponents.map((exponent) => -student.at(exponent)),
    spearman: exponents.map((exponent) => {
      dualChangesAt(continuum, exponent, changes);
      return changes.every(Number.isFinite) ? Math.abs(test.of(changes, "median")) : Number.NaN;
    }),
    "rank-independence": exponents.map((exponent) => Math.abs(exponent - estimate)),
  };
}

/** The place of the least score; null where none is a number. */
export function leastScore(scores: readonly number[]): number | null {
  let least: number | null = null;
  for (const [k, score] of scores.entries()) {
    if (!Number.isNaN(score) && (least === null || score < scores[least])) least = k;
  }
  return least;
}

function normalityOf(pairs: PairedWeights, continuum: ContinuumPairs, potential: Potential) {
  const { count, place, groupStart } = continuum;
  const changes = Float64Array.from(place, (i) => potential.dualChange(pairs.initial[i], pairs.final[i]));
  const centred = new Float64Array(count);
  const uncentred = new Float64Array(count);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const [from, to] = [groupStart[g], groupStart[g + 1]];
    const { mean, deviation } = momentsOf(changes.subarray(from, to));
    for (let k = from; k < to; k++) {
      centred[k] = (changes[k] - mean) / deviation;
      uncentred[k] = changes[k] / deviation;
    }
  }
  const { most } = SHAPIRO_WILK_COUNTS;
  return {
    uncentred: distanceToNormal(cellCounts(uncentred, 1, 0).uncentred, count),
    centred: distanceToNormal(cellCounts(centred, 1, 0).uncentred, count),
    tails: andersonDarling(centred),
    straightness: count > most ? Number.NaN : shapiroWilk(centred),
  };
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** ℓ(λ) = −Σ_g n_g ln σ̂_g(λ) + (λ − 1) Σ ln|w¹| and a constant; −∞ where a sign changed and λ ≤ 0. */
function gaussianLikelihood(pairs: ContinuumPairs): (exponent: number) => number {
  const { groupStart, logInitial, logRatio } = pairs;
  const changes = new Float64Array(pairs.count);
  const logFinalSum = logInitial.reduce((sum, value, k) => sum + value + logRatio[k], 0);
  return (exponent) => {
    dualChangesAt(pairs, exponent, changes);
    if (!changes.every(Number.isFinite)) return Number.NEGATIVE_INFINITY;
    const { logLikelihood } = fitStudent(changes, groupStart, Number.POSITIVE_INFINITY);
    return logLikelihood + (exponent - 1) * logFinalSum;
  };
}
