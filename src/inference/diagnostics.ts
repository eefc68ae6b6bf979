/** Reasons to doubt an exponent: shuffled pairs, a dependence that no exponent removes, impossible sign flips. */

import { andersonDarling } from "./anderson-darling.ts";
import { type ContinuumPairs, dualChangesAt } from "./dual-continuum.ts";
import type { Diagnostics, GroupFit, TestResult } from "./geometry-fit.ts";
import type { NoisyPairs } from "./measurement-noise.ts";
import { independenceTest } from "./rank-independence.ts";
import type { RankScores } from "./rank-scores.ts";
import { midRanks, rankScratch } from "./ranks.ts";
import { chiSquareUpperTail, normalCdf, normalQuantile, studentTUpperTail } from "./special-functions.ts";

const SIZE_CLASSES = 5;
const SIGNED_SIGNIFICANCE = 1e-4;
const MAGNITUDE_SIGNIFICANCE = 1e-3;

/** Positions of the pairs, group by group, with values ranked within each group and mapped to (0, 1). */
function rankedShares(values: Float64Array, groupStart: Int32Array): Float64Array {
  const scratch = rankScratch(values.length);
  const shares = new Float64Array(values.length);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const [from, to] = [groupStart[g], groupStart[g + 1]];
    midRanks(values, shares, from, to, scratch);
    for (let k = from; k < to; k++) shares[k] = (shares[k] - 0.5) / (to - from);
  }
  return shares;
}

/**
 * Are the final weights those of the same synapses?
 *
 * Spearman's correlation within groups of w¹ with w⁰, and of |w¹| with |w⁰| where the sign stayed. Shuffled pairs have
 * neither. One-sided t tests at 10⁻⁴ and 10⁻³: pairs count as related only if both say so.
 */
export function pairingOf(pairs: ContinuumPairs): Diagnostics["pairing"] {
  const { count, groupStart, sign, flipped, logInitial, logRatio } = pairs;
  const [initial, final] = [new Float64Array(count), new Float64Array(count)];
  const [allSizes, allFinalSizes] = [new Float64Array(count), new Float64Array(count)];
  const starts = new Int32Array(groupStart.length);
  let kept = 0;
  for (let k = 0, g = 0; k <= count; k++) {
    while (g < starts.length && groupStart[g] === k) starts[g++] = kept;
    if (k === count) break;
    const logFinal = logInitial[k] + logRatio[k];
    initial[k] = sign[k] * Math.exp(logInitial[k]);
    final[k] = (flipped[k] === 1 ? -sign[k] : sign[k]) * Math.exp(logFinal);
    if (flipped[k] === 1) continue;
    allSizes[kept] = logInitial[k];
    allFinalSizes[kept++] = logFinal;
  }
  const signed = correlation(rankedShares(initial, groupStart), rankedShares(final, groupStart));
  const [sizes, finalSizes] = [allSizes.subarray(0, kept), allFinalSizes.subarray(0, kept)];
  const magnitude = correlation(rankedShares(sizes, starts), rankedShares(finalSizes, starts));
  const related =
    correlationTail(signed, count) < SIGNED_SIGNIFICANCE &&
    correlationTail(magnitude, kept) < MAGNITUDE_SIGNIFICANCE;
  return { signed, magnitude, related };
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    product += (a[k] - 0.5) * (b[k] - 0.5);
    squaresA += (a[k] - 0.5) ** 2;
    squaresB += (b[k] - 0.5) ** 2;
  }
  return squaresA > 0 && squaresB > 0 ? product / Math.sqrt(squaresA * squaresB) : 0;
}

function correlationTail(value: number, count: number): number {
  if (count < 4) return 1;
  const t = value * Math.sqrt((count - 2) / Math.max(1e-12, 1 - value * value));
  return studentTUpperTail(t, count - 2);
}

/** SD of ln|w⁰| within groups. */
export function logSizeDeviation({ count, groupStart, logInitial }: ContinuumPairs): number {
  let squares = 0;
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const part = logInitial.subarray(groupStart[g], groupStart[g + 1]);
    const mean = part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
    squares += part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  return Math.sqrt(squares / Math.max(1, count - 1));
}

/**
 * Does the dual change at λ̂ still depend on the initial weight?
 *
 * Kruskal–Wallis over five classes of equal number: ranks of d over classes of w⁰ (location), ranks of |d − median| over
 * classes of |w⁰| (spread). λ̂ makes one combination of the two vanish; a wrong model leaves the rest.
 *
 * @see Kruskal & Wallis 1952, doi:10.1080/01621459.1952.10483441
 */
export function remainingDependence(
  pairs: ContinuumPairs,
  exponent: number,
): Diagnostics["remainingDependence"] {
  const { count, groupStart, sign, logInitial } = pairs;
  if (count < 4 * SIZE_CLASSES) return null;
  const changes = dualChangesAt(pairs, exponent, new Float64Array(count));
  const changeRanks = rankedShares(Float64Array.from(changes), groupStart);
  const distance = centredSizes(changes, groupStart);
  const signed = rankedShares(
    logInitial.map((value, k) => sign[k] * Math.exp(value)),
    groupStart,
  );
  const sizes = rankedShares(Float64Array.from(logInitial), groupStart);
  const location = kruskalWallis(changeRanks, signed);
  const spread = kruskalWallis(rankedShares(distance, groupStart), sizes);
  const shareExplained = Math.max(location.statistic, spread.statistic) / (count - 1);
  return { location, spread, shareExplained, trend: correlation(changeRanks, signed) };
}

function centredSizes(changes: Float64Array, groupStart: Int32Array): Float64Array {
  const distance = new Float64Array(changes.length);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const part = changes.slice(groupStart[g], groupStart[g + 1]).sort();
    const middle = part[part.length >> 1];
    for (let k = groupStart[g]; k < groupStart[g + 1]; k++) {
      distance[k] = Math.abs(changes[k] - (Number.isFinite(middle) ? middle : 0));
    }
  }
  return distance;
}

function kruskalWallis(ranks: Float64Array, classes: Float64Array): TestResult {
  const sums = new Float64Array(SIZE_CLASSES);
  const counts = new Float64Array(SIZE_CLASSES);
  let squares = 0;
  for (let k = 0; k < ranks.length; k++) {
    const place = Math.min(SIZE_CLASSES - 1, Math.floor(classes[k] * SIZE_CLASSES));
    sums[place] += ranks[k] - 0.5;
    counts[place]++;
    squares += (ranks[k] - 0.5) ** 2;
  }
  const between = sums.reduce((total, sum, c) => total + (counts[c] > 0 ? sum ** 2 / counts[c] : 0), 0);
  const statistic = squares > 0 ? ((ranks.length - 1) * between) / squares : 0;
  const degreesOfFreedom = SIZE_CLASSES - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareUpperTail(statistic, degreesOfFreedom) };
}

/**
 * Sign flips against those that noise explains.
 *
 * Expected: Σ_i Φ(−|w⁰_i|/√(2τ_a² + 2τ_m² w⁰²)); observed is compared with a Poisson count of that mean. Without noise
 * none is expected, and one is enough to reject every λ ≤ 0. Each of the noisy pairs stands for `pairsEach` of those that
 * the observed flips were counted in.
 */
export function flipTest(observed: number, noisy: NoisyPairs | null, pairsEach = 1): Diagnostics["flips"] {
  if (noisy === null) return { observed, expected: 0, pValue: observed > 0 ? 0 : null };
  let expected = 0;
  for (const weight of noisy.initial) {
    const deviation = Math.SQRT2 * Math.hypot(noisy.noise.additive, noisy.noise.multiplicative * weight);
    expected += pairsEach * normalCdf(-Math.abs(weight) / deviation);
  }
  // P(N ≥ observed) for a Poisson N is a χ² lower tail: 1 − P(χ²_{2·observed} > 2·expected).
  return {
    observed,
    expected,
    pValue: observed > 0 ? 1 - chiSquareUpperTail(2 * expected, 2 * observed) : null,
  };
}

/** Groups with an interval, each with the weight 1/SE² of its exponent. */
function weightedGroups(groups: readonly GroupFit[], level: number) {
  const quantile = normalQuantile(0.5 + level / 2);
  return groups.flatMap(({ exponent: { estimate, low, high } }) =>
    estimate === null || low === null || high === null || high <= low
      ? []
      : [{ estimate, weight: ((2 * quantile) / (high - low)) ** 2 }],
  );
}

/**
 * Q = Σ_g w_g (λ_g − λ̄)², w = 1/SE_g², against χ² with one degree of freedom fewer than groups: for noise-aware exponents.
 *
 * @see Cochran 1954, doi:10.2307/3001666
 */
export function agreementOfEstimates(groups: readonly GroupFit[], level: number): TestResult | null {
  const known = weightedGroups(groups, level);
  if (known.length < 2) return null;
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  const mean = known.reduce((sum, { estimate, weight }) => sum + weight * estimate, 0) / total;
  const statistic = known.reduce((sum, { estimate, weight }) => sum + weight * (estimate - mean) ** 2, 0);
  const degreesOfFreedom = known.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareUpperTail(statistic, degreesOfFreedom) };
}

/** Q = Σ_g T_g(λ̂)² over the groups that have a statistic: do the groups share the exponent? */
export function groupAgreement(
  pairs: ContinuumPairs,
  exponent: number,
  scores: RankScores | null = null,
): TestResult | null {
  const byGroup = independenceTest(pairs, scores).byGroup(
    dualChangesAt(pairs, exponent, new Float64Array(pairs.count)),
  );
  const known = byGroup.filter((value) => Number.isFinite(value));
  if (known.length < 2) return null;
  const statistic = known.reduce((sum, value) => sum + value * value, 0);
  const degreesOfFreedom = known.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareUpperTail(statistic, degreesOfFreedom) };
}

/**
 * SD of λ between groups beyond the error of each, by the method of moments.
 *
 * τ² = max(0, (Q − (G − 1))/(Σw − Σw²/Σw)), w = 1/SE_g², Q = Σ w(λ_g − λ̄)².
 *
 * @see DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2
 */
export function spreadBetween(groups: readonly GroupFit[], level: number): number | null {
  const known = weightedGroups(groups, level);
  if (known.length < 2) return null;
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  const mean = known.reduce((sum, { estimate, weight }) => sum + weight * estimate, 0) / total;
  const q = known.reduce((sum, { estimate, weight }) => sum + weight * (estimate - mean) ** 2, 0);
  const squares = known.reduce((sum, { weight }) => sum + weight * weight, 0);
  return Math.sqrt(Math.max(0, (q - (known.length - 1)) / (total - squares / total)));
}

/** Mean over SD, kurtosis and Anderson–Darling A² of the dual change at an exponent, standardised within groups. */
export function changeShape(
  pairs: ContinuumPairs,
  exponent: number,
): { drift: number; kurtosis: number; andersonDarling: number } | null {
  const { count, groupStart } = pairs;
  const changes = dualChangesAt(pairs, exponent, new Float64Array(count));
  if (changes.some((change) => !Number.isFinite(change))) return null;
  let [drift, fourths] = [0, 0];
  const standardised = new Float64Array(count);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const [from, to] = [groupStart[g], groupStart[g + 1]];
    if (to - from < 3) continue;
    const part = changes.subarray(from, to);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    const deviation = Math.sqrt(
      part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (part.length - 1),
    );
    if (!(deviation > 0)) continue;
    drift += ((mean / deviation) * part.length) / count;
    for (let k = from; k < to; k++) {
      standardised[k] = (changes[k] - mean) / deviation;
      fourths += standardised[k] ** 4 / count;
    }
  }
  return { drift, kurtosis: fourths, andersonDarling: andersonDarling(standardised) };
}
