/** λ of one set of pairs: which estimator, with which interval. */

import type { Random } from "../random.ts";
import { influenceBootstrap, rankBootstrap } from "./cluster-bootstrap.ts";
import type { ContinuumPairs } from "./dual-continuum.ts";
import type { ExponentEstimate, LikelihoodEstimate, NoiseReport } from "./geometry-fit.ts";
import { latentGridExponent } from "./latent-grid.ts";
import type { ChangeBeyondNoise, NoisyPairs } from "./measurement-noise.ts";
import type { ProfileEstimate } from "./profile-likelihood.ts";
import {
  criticalValue,
  everyNth,
  gatherPairs,
  plainExponent,
  rankExponent,
  rankExponentNear,
} from "./rank-independence.ts";
import { fittedScores, type RankScores } from "./rank-scores.ts";
import { median } from "./ranks.ts";
import { answerOfLikelihood, type LikelihoodAnswer, type LikelihoodQuestion } from "./student-likelihood.ts";
import { varianceFunctionExponent } from "./variance-function.ts";

/** Median of |δ/w̄| below which the bins of the latent grid are too wide; the first-order form is exact enough there. */
const SMALL_CHANGE = 0.02;
const LATENT_GRID_PAIRS = 2000;
const VARIANCE_FUNCTION_PAIRS = 20_000;
const LIKELIHOOD_PAIRS = 10_000;

/** Begins a likelihood, perhaps in another thread, and returns how to wait for it. */
export type BeginLikelihood = (question: LikelihoodQuestion) => () => LikelihoodAnswer;

/** In the calling thread, once it is asked for. */
export const likelihoodWhenAsked: BeginLikelihood = (question) => () => answerOfLikelihood(question);

export interface EstimateOptions {
  readonly level: number;
  readonly random: Random;
  /** Resamples of whole clusters; used only where the pairs have clusters. */
  readonly resamples: number;
  /** Exponents at which ℓ is wanted; none unless given. */
  readonly exponents?: readonly number[];
  /** In the calling thread unless given. */
  readonly beginLikelihood?: BeginLikelihood | undefined;
  onProgress?(label: string): void;
}

export interface Estimate {
  readonly exponent: ExponentEstimate;
  readonly likelihood: LikelihoodEstimate;
  /** ℓ at the exponents asked for, in their order; null with noise, where the curve says it. */
  readonly logLikelihoods: readonly number[] | null;
  /** Critical |T| of the rank-independence test; NaN with noise, which the test knows nothing of. */
  readonly critical: number;
  /** Scores of that test; null are plain ranks. */
  readonly scores: RankScores | null;
  readonly noiseMethod: NoiseReport["method"];
  /** Pairs that each estimator saw. */
  readonly seen: { readonly rank: number; readonly likelihood: number };
  readonly resamples: number;
}

/** An estimate whose likelihood need not be there yet. */
export interface BegunEstimate extends Omit<Estimate, "likelihood" | "logLikelihoods"> {
  /** Computes or waits for it; call once, or not at all. */
  finish(): Pick<Estimate, "likelihood" | "logLikelihoods">;
}

/** λ̂ by rank independence with a Student-t likelihood beside it: noise negligible or unknown. */
export function estimateWithoutNoise(pairs: ContinuumPairs, options: EstimateOptions): BegunEstimate {
  const { level, random, exponents = [], beginLikelihood = likelihoodWhenAsked } = options;
  const thinned = thin(pairs, LIKELIHOOD_PAIRS, random.stream("likelihood subsample"));
  const answer = beginLikelihood({ pairs: thinned, level, exponents });
  options.onProgress?.("rank independence");
  const ranked = rankEstimate(pairs, level, random.stream("permutations"));
  const { estimate } = ranked.found;
  const interval =
    pairs.cluster === null || estimate === null
      ? null
      : rankBootstrap(pairs, estimate, {
          level,
          resamples: options.resamples,
          random: random.stream("clusters"),
          scores: ranked.scores,
          onResample: () => options.onProgress?.("cluster bootstrap"),
        });
  return {
    exponent: {
      estimate,
      low: interval ? interval.low : ranked.found.low,
      high: interval ? interval.high : ranked.found.high,
      level,
      method: interval ? "rank independence, bootstrap of whole clusters" : ranked.method,
    },
    finish() {
      const { estimate: likelihood, logLikelihoods } = answer();
      return { likelihood, logLikelihoods };
    },
    critical: ranked.critical,
    scores: ranked.scores,
    noiseMethod: null,
    seen: { rank: pairs.count, likelihood: thinned.count },
    resamples: interval?.resamples ?? 0,
  };
}

/** Where the search begins and what suits the law of the changes are known well enough from so many pairs. */
const BEGINNING_PAIRS = 20_000;

/** λ̂ by plain ranks, and the scores fitted there. */
function beginning(pairs: ContinuumPairs): { readonly start: number; readonly scores: RankScores } | null {
  const some = everyNth(pairs, BEGINNING_PAIRS);
  const start = plainExponent(some);
  return start === null ? null : { start, scores: fittedScores(some, start) };
}

/** How far fitted scores may move λ̂ from the plain ranks' before they are distrusted. */
const FURTHEST_MOVE = 1;

/** λ̂ from plain ranks, then from scores fitted there; the plain ranks stay where the fitted scores lead nowhere. */
export function rankEstimate(pairs: ContinuumPairs, level: number, random: Random) {
  const words = (method: string) =>
    `rank independence, ${method === "permutation" ? "permutation" : "test-inversion"} interval`;
  const begun = beginning(pairs);
  if (begun !== null) {
    const { start, scores } = begun;
    const critical = criticalValue(pairs, level, random, scores);
    const found = rankExponent(pairs, critical.value, { scores, start });
    if (found.estimate !== null && Math.abs(found.estimate - start) <= FURTHEST_MOVE) {
      return { found, critical: critical.value, scores, method: words(critical.method) };
    }
  }
  const critical = criticalValue(pairs, level, random);
  const found = rankExponent(pairs, critical.value);
  return { found, critical: critical.value, scores: null, method: `${words(critical.method)}, plain ranks` };
}

/** λ̂ alone as `rankEstimate` has it, where no interval is asked for. */
export function rankEstimateAlone(pairs: ContinuumPairs): number | null {
  const begun = beginning(pairs);
  if (begun === null) return null;
  const { start, scores } = begun;
  const estimate = rankExponentNear(pairs, start, scores);
  return estimate !== null && Math.abs(estimate - start) <= FURTHEST_MOVE ? estimate : start;
}

/** λ̂ with known noise: the latent grid where the change is large and at least the noise, else the variance function. */
export function estimateWithNoise(
  pairs: NoisyPairs,
  { localRatio }: ChangeBeyondNoise,
  options: EstimateOptions,
): BegunEstimate {
  const { level, random } = options;
  const useGrid = localRatio >= Math.SQRT2 && typicalChange(pairs) >= SMALL_CHANGE;
  options.onProgress?.(useGrid ? "latent grid" : "variance function");
  const most = useGrid ? LATENT_GRID_PAIRS : VARIANCE_FUNCTION_PAIRS;
  const thinned = thinNoisy(pairs, most, random.stream("noise subsample"));
  const found = useGrid ? latentGridExponent(thinned, level) : varianceFunctionExponent(thinned, level);
  const noiseMethod = useGrid ? "latent-grid" : "variance-function";
  const name = useGrid ? "latent-grid likelihood" : "variance function with known noise";
  const interval = clusteredInterval(thinned, found, options);
  const method = `${name}, ${interval ? "bootstrap of whole clusters" : "profile-likelihood interval"}`;
  return {
    exponent: {
      estimate: found.estimate,
      low: interval ? interval.low : found.low,
      high: interval ? interval.high : found.high,
      level,
      method,
    },
    finish: () => ({
      likelihood: {
        estimate: found.estimate,
        low: found.low,
        high: found.high,
        degreesOfFreedom: null,
        cutoffFactor: found.cutoffFactor,
        method: name,
        profile: found.profile,
      },
      logLikelihoods: null,
    }),
    critical: Number.NaN,
    scores: null,
    noiseMethod,
    seen: { rank: pairs.count, likelihood: thinned.count },
    resamples: interval ? interval.resamples : 0,
  };
}

function clusteredInterval(pairs: NoisyPairs, found: ProfileEstimate, options: EstimateOptions) {
  if (pairs.cluster === null || found.estimate === null || found.influence === null) return null;
  return influenceBootstrap(
    { cluster: pairs.cluster, clusterCount: pairs.clusterCount },
    found.estimate,
    found.influence,
    { level: options.level, resamples: options.resamples, random: options.random.stream("clusters") },
  );
}

/** Median of |δ|/|w̄|. */
function typicalChange({ count, initial, final }: NoisyPairs): number {
  const relative = initial.map((weight, k) => Math.abs((2 * (final[k] - weight)) / (final[k] + weight)));
  return median(relative, 0, count, new Float64Array(count));
}

/** At most `most` pairs, drawn at random without replacement, in their order. */
export function thin(pairs: ContinuumPairs, most: number, random: Random): ContinuumPairs {
  return pairs.count <= most ? pairs : gatherPairs(pairs, drawnPositions(pairs.count, most, random));
}

function thinNoisy(pairs: NoisyPairs, most: number, random: Random): NoisyPairs {
  if (pairs.count <= most) return pairs;
  const positions = drawnPositions(pairs.count, most, random);
  const groupStart = pairs.groupStart.map((start) => {
    const place = positions.findIndex((position) => position >= start);
    return place < 0 ? positions.length : place;
  });
  return {
    ...pairs,
    count: positions.length,
    initial: Float64Array.from(positions, (k) => pairs.initial[k]),
    final: Float64Array.from(positions, (k) => pairs.final[k]),
    groupStart,
    cluster: pairs.cluster ? positions.map((k) => pairs.cluster?.[k] ?? 0) : null,
  };
}

/** One position from each of `most` equal stretches: spread evenly over groups, in increasing order. */
export function drawnPositions(count: number, most: number, random: Random): Int32Array {
  return Int32Array.from(drawnOrdinals(count, most, random));
}

/** The same of more than an int32 can number. */
function drawnOrdinals(count: number, most: number, random: Random): Float64Array {
  const ordinals = new Float64Array(most);
  for (let k = 0; k < most; k++) {
    const from = Math.floor((k * count) / most);
    const to = Math.floor(((k + 1) * count) / most);
    ordinals[k] = from + random.integer(to - from);
  }
  return ordinals;
}

/** The ordinals of all, or of `most` drawn from them. */
export function ordinalsOf(count: number, most: number, random: Random): Float64Array {
  return count <= most
    ? Float64Array.from({ length: count }, (_, k) => k)
    : drawnOrdinals(count, most, random);
}
