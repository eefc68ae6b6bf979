/** From a profile likelihood of the exponent to an estimate, an interval that survives a wrong law, and a curve. */

import type { ProfilePoint } from "./geometry-fit.ts";
import { preciseSum } from "./precise-sum.ts";
import { EXPONENT_RANGE } from "./rank-independence.ts";
import { rootFrom } from "./root.ts";
import { normalQuantile } from "./special-functions.ts";

/** ℓ(λ) with every other parameter at its best for that λ. */
export interface ProfileLikelihood {
  at(exponent: number): number;
  /** ℓ_i(λ) of each pair, the discrete choices (such as ν) held at those of λ̂. */
  contributionsNear(estimate: number): (exponent: number, out: Float64Array) => void;
  readonly count: number;
  /** Cluster of each pair, or null. */
  readonly cluster: Int32Array | null;
  readonly clusterCount: number;
}

/** The likelihood whose every pair contributes ℓ_i(λ), all else at its best for that λ. */
export function likelihoodOfContributions(
  pairs: Pick<ProfileLikelihood, "count" | "cluster" | "clusterCount">,
  contributions: (exponent: number, out: Float64Array) => void,
): ProfileLikelihood {
  const each = new Float64Array(pairs.count);
  return {
    count: pairs.count,
    cluster: pairs.cluster,
    clusterCount: pairs.clusterCount,
    at: (exponent) => {
      contributions(exponent, each);
      return preciseSum(each);
    },
    contributionsNear: () => contributions,
  };
}

export interface ProfileOptions {
  readonly level: number;
  /** Where the curve is drawn and the maximum looked for first. */
  readonly range: { readonly low: number; readonly high: number };
  readonly step: number;
  readonly tolerance: number;
}

export interface ProfileEstimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly cutoffFactor: number | null;
  readonly profile: readonly ProfilePoint[];
  /** u_i/H of each pair: how far it moves λ̂; null without an estimate. Sums over resampled pairs give a bootstrap. */
  readonly influence: Float64Array | null;
}

/** The smaller part of the golden section. */
const GOLDEN = 0.5 * (3 - Math.sqrt(5));

const NO_ESTIMATE = { estimate: null, low: null, high: null, cutoffFactor: null, influence: null } as const;

/**
 * λ̂ = argmax ℓ; interval {λ : ℓ(λ̂) − ℓ(λ) ≤ ½ z² c}.
 *
 * c = max(1, J/H): H = −ℓ″(λ̂), J = Σ u_i² (squared cluster totals where pairs are clustered) of the efficient scores
 * u_i = dℓ_i(λ, η̂(λ))/dλ, by central differences at re-fitted η̂. For a Gaussian law c is (κ − 1)/2, κ the kurtosis.
 *
 * @see Kent 1982, doi:10.1093/biomet/69.1.19
 */
export function estimateByProfile(likelihood: ProfileLikelihood, options: ProfileOptions): ProfileEstimate {
  const profile = curve(likelihood, options);
  const top = profile.reduce((a, b) =>
    (b.logLikelihood ?? -Infinity) > (a.logLikelihood ?? -Infinity) ? b : a,
  );
  if (top.logLikelihood === null) return { ...NO_ESTIMATE, profile };
  const { step, tolerance } = options;
  const estimate = maximum((x) => likelihood.at(x), top.exponent - step, top.exponent + step, tolerance);
  const peak = likelihood.at(estimate);
  const { curvature, scores } = efficientScores(likelihood, estimate, peak);
  const cutoffFactor = sandwichFactor(likelihood, curvature, scores);
  const drop = 0.5 * normalQuantile(0.5 + options.level / 2) ** 2 * cutoffFactor;
  const height = (exponent: number) => likelihood.at(exponent) - (peak - drop);
  const stride = 1 / Math.sqrt(likelihood.count);
  const search = { tolerance, isSmooth: true };
  const low = rootFrom(height, estimate, stride, EXPONENT_RANGE, search);
  const high = rootFrom((x) => -height(x), estimate, stride, EXPONENT_RANGE, search);
  return {
    estimate,
    low,
    high,
    cutoffFactor,
    profile: withDetail(likelihood, profile, estimate, low, high),
    influence: curvature > 0 ? scores.map((score) => score / curvature) : null,
  };
}

function curve(likelihood: ProfileLikelihood, { range, step }: ProfileOptions): ProfilePoint[] {
  const count = Math.round((range.high - range.low) / step);
  return Array.from({ length: count + 1 }, (_, k) => {
    return point(likelihood, Math.round((range.low + k * step) * 1e6) / 1e6);
  });
}

function point(likelihood: ProfileLikelihood, exponent: number): ProfilePoint {
  const logLikelihood = likelihood.at(exponent);
  return { exponent, logLikelihood: Number.isFinite(logLikelihood) ? logLikelihood : null };
}

/** Points between and a little beyond the ends of the interval, which the regular curve may be too coarse to show. */
function withDetail(
  likelihood: ProfileLikelihood,
  profile: readonly ProfilePoint[],
  estimate: number,
  low: number | null,
  high: number | null,
): ProfilePoint[] {
  const added = detailAround(estimate, low, high).map((exponent) => point(likelihood, exponent));
  return [...profile, ...added].sort((a, b) => a.exponent - b.exponent);
}

/** λ̂ and four steps to either side, the second of which is the end of the interval; none where the ends are not known. */
export function detailAround(estimate: number, low: number | null, high: number | null): number[] {
  if (low === null || high === null || high <= low) return [];
  const half = 0.5 * (high - low);
  return Array.from({ length: 9 }, (_, k) => estimate + (k - 4) * 0.5 * half);
}

function efficientScores(likelihood: ProfileLikelihood, estimate: number, peak: number) {
  const { count } = likelihood;
  const step = Math.min(0.05, Math.max(2e-3, 0.3 / Math.sqrt(count)));
  const curvature =
    (2 * peak - likelihood.at(estimate - step) - likelihood.at(estimate + step)) / (step * step);
  const contributions = likelihood.contributionsNear(estimate);
  const scores = new Float64Array(count);
  const below = new Float64Array(count);
  contributions(estimate + step, scores);
  contributions(estimate - step, below);
  for (let k = 0; k < count; k++) scores[k] = (scores[k] - below[k]) / (2 * step);
  return { curvature, scores };
}

function sandwichFactor(likelihood: ProfileLikelihood, curvature: number, scores: Float64Array): number {
  const { cluster, clusterCount } = likelihood;
  const totals = cluster === null ? scores : new Float64Array(clusterCount);
  if (cluster !== null) for (let k = 0; k < scores.length; k++) totals[cluster[k]] += scores[k];
  const spread = totals.reduce((sum, total) => sum + total * total, 0);
  const factor = spread / curvature;
  return curvature > 0 && Number.isFinite(factor) ? Math.max(1, factor) : 1;
}

/**
 * The maximum of a smooth function with one peak between the ends, by parabolas, and golden sections where they stall.
 *
 * @see Brent 1973, Algorithms for Minimization without Derivatives, chapter 5
 */
export function maximum(value: (x: number) => number, low: number, high: number, tolerance: number): number {
  let [a, b] = [low, high];
  // The best place so far, the second best and the one before that.
  let x = a + GOLDEN * (b - a);
  let fx = value(x);
  let [second, fSecond, third, fThird] = [x, fx, x, fx];
  let [step, previous] = [0, 0];
  while (Math.max(b - x, x - a) > tolerance) {
    const middle = 0.5 * (a + b);
    const peak = peakOf(x, fx, second, fSecond, third, fThird);
    const isTrusted = peak > a && peak < b && Math.abs(peak - x) < 0.5 * Math.abs(previous);
    previous = isTrusted ? step : x < middle ? b - x : a - x;
    step = isTrusted ? peak - x : GOLDEN * previous;
    // Never nearer than half the tolerance to what is known: the ends must close in from both sides.
    if (Math.abs(step) < 0.5 * tolerance) step = x < middle ? 0.5 * tolerance : -0.5 * tolerance;
    const next = x + step;
    const fNext = value(next);
    if (fNext >= fx) {
      if (next < x) b = x;
      else a = x;
      [third, fThird, second, fSecond, x, fx] = [second, fSecond, x, fx, next, fNext];
    } else {
      if (next < x) a = next;
      else b = next;
      if (fNext >= fSecond || second === x) [third, fThird, second, fSecond] = [second, fSecond, next, fNext];
      else if (fNext >= fThird || third === x || third === second) [third, fThird] = [next, fNext];
    }
  }
  return x;
}

/** Where the parabola through three points is highest; NaN where it has no such place. */
function peakOf(x: number, fx: number, y: number, fy: number, z: number, fz: number): number {
  const left = (x - y) * (fx - fz);
  const right = (x - z) * (fx - fy);
  return x - (0.5 * ((x - y) * left - (x - z) * right)) / (left - right);
}
