/**
 * The exponent by rank independence: under the true geometry the dual change does not depend on the initial weight.
 *
 * No assumption on the law of the change, on its mean, or on the distribution of the initial weights.
 */

import type { Random } from "../random.ts";
import { type ContinuumPairs, dualChangesAt } from "./dual-continuum.ts";
import { type RankScores, scoreOf } from "./rank-scores.ts";
import { median, midRanks, rankScratch } from "./ranks.ts";
import { crossingsOf, rootFrom } from "./root.ts";
import { normalQuantile } from "./special-functions.ts";

/** Exponents that are looked at; an interval that reaches an end of the range is open there. */
export const EXPONENT_RANGE = { low: -2, high: 5 } as const;
const SCAN_STEP = 0.25;
const PILOT_PAIRS = 5000;
const SMALLEST_GROUP = 3;
const PERMUTATION_LIMIT = 200;
const PERMUTATIONS = 9999;
const TOLERANCE = 1e-6;
const SMOOTH_PAIRS = 20_000;

/** An estimate with its interval; an end that is null lies outside the range looked at. */
export interface ExponentInterval {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The standardised rank correlation, as a function of the exponent or of any dual changes. */
export interface IndependenceTest {
  /** T(λ), about N(0, 1) at the true λ and rising with λ. */
  at(exponent: number): number;
  /** T of given dual changes, in the order of the pairs; it overwrites them. */
  of(changes: Float64Array, centre?: Centre): number;
  /** T within each group; NaN in groups of fewer than three pairs. */
  byGroup(changes: Float64Array, centre?: Centre): Float64Array;
}

/**
 * What the dual change is reduced to before it is ranked against |w⁰|.
 *
 * half-median: |d − m/2|, whose ranks are those of d(d − m): the efficient score of an exponent for a Gaussian change with
 * mean m; it uses the slope of the mean with size as well as that of the spread. median: |d − m|, spread only.
 * none: d itself, mean only.
 */
export type Centre = "half-median" | "median" | "none";

/**
 * Prepares T for a set of pairs.
 *
 * T(λ) = Σ_g S_g / √(Σ_g V_g),  S_g = Σ_i (R_i − R̄)(Q_i − Q̄)/(n_g + 1)²,  V_g = ΣΔR² ΣΔQ² / (n_g − 1)/(n_g + 1)⁴,
 * R = ranks of |d_i(λ) − m_g/2|, or `scores` of them (see `fittedScores`), and Q = ranks of |w⁰_i|, both within the group;
 * m_g is the group's median dual change.
 * With one group and no ties T = √(n − 1) times Spearman's ρ. Centring at m rather than m/2 ignores the slope of the
 * mean change: at a drift of 0.7 SD and n = 200 it finds the right one of five potentials in 93–96 % instead of 99 %.
 */
export function independenceTest(pairs: ContinuumPairs, scores: RankScores | null = null): IndependenceTest {
  const { count, groupStart } = pairs;
  const groups = groupStart.length - 1;
  const scratch = rankScratch(count);
  const medianScratch = new Float64Array(count);
  const changes = new Float64Array(count);
  const ranks = new Float64Array(count);
  const sizeRanks = centredSizeRanks(pairs, scratch);
  const score = new Float64Array(groups);
  const variance = new Float64Array(groups);

  const evaluate = (values: Float64Array, centre: Centre) => {
    for (let g = 0; g < groups; g++) {
      const from = groupStart[g];
      const to = groupStart[g + 1];
      score[g] = 0;
      variance[g] = 0;
      if (to - from < SMALLEST_GROUP) continue;
      reduce(values, from, to, centre, medianScratch);
      midRanks(values, ranks, from, to, scratch);
      if (scores !== null && centre === "half-median") rescore(ranks, from, to, scores);
      correlate(ranks, sizeRanks, from, to, g, score, variance);
    }
  };
  const total = () => {
    let sum = 0;
    let spread = 0;
    for (let g = 0; g < groups; g++) {
      sum += score[g];
      spread += variance[g];
    }
    return spread > 0 ? sum / Math.sqrt(spread) : 0;
  };
  const of = (values: Float64Array, centre: Centre = "half-median") => {
    evaluate(values, centre);
    return total();
  };
  return {
    of,
    at: (exponent) => of(dualChangesAt(pairs, exponent, changes)),
    byGroup: (values, centre = "half-median") => {
      evaluate(values, centre);
      return score.map((sum, g) => (variance[g] > 0 ? sum / Math.sqrt(variance[g]) : Number.NaN));
    },
  };
}

function rescore(ranks: Float64Array, from: number, to: number, scores: RankScores): void {
  for (let k = from; k < to; k++) ranks[k] = scoreOf(scores, ranks[k], to - from);
}

function reduce(values: Float64Array, from: number, to: number, centre: Centre, scratch: Float64Array): void {
  if (centre === "none") return;
  const middle = median(values, from, to, scratch);
  // Infinite changes (sign flips at λ ≤ 0) can make the median infinite; then every rank is decided by them alone.
  const shift = Number.isFinite(middle) ? (centre === "median" ? middle : 0.5 * middle) : 0;
  for (let k = from; k < to; k++) values[k] = Math.abs(values[k] - shift);
}

function centredSizeRanks(pairs: ContinuumPairs, scratch: ReturnType<typeof rankScratch>): Float64Array {
  const { count, groupStart, logInitial } = pairs;
  const ranks = new Float64Array(count);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const from = groupStart[g];
    const to = groupStart[g + 1];
    midRanks(logInitial, ranks, from, to, scratch);
    const middle = 0.5 * (to - from + 1);
    for (let k = from; k < to; k++) ranks[k] -= middle;
  }
  return ranks;
}

function correlate(
  ranks: Float64Array,
  sizeRanks: Float64Array,
  from: number,
  to: number,
  group: number,
  score: Float64Array,
  variance: Float64Array,
): void {
  const count = to - from;
  let middle = 0;
  for (let k = from; k < to; k++) middle += ranks[k] / count;
  let product = 0;
  let squares = 0;
  let sizeSquares = 0;
  for (let k = from; k < to; k++) {
    const rank = ranks[k] - middle;
    product += rank * sizeRanks[k];
    squares += rank * rank;
    sizeSquares += sizeRanks[k] * sizeRanks[k];
  }
  const scale = 1 / (count + 1) ** 2;
  score[group] = product * scale;
  variance[group] = (squares * sizeSquares * scale * scale) / (count - 1);
}

/**
 * λ̂ = the root of T, interval = the connected {λ : |T(λ)| ≤ critical value} around it.
 *
 * Where T rises through zero more than once, the crossing with the largest rise within ±0.75 is taken; with fitted scores
 * the root nearest to where they were fitted.
 */
export function rankExponent(
  pairs: ContinuumPairs,
  critical: number,
  fitted: { readonly scores: RankScores; readonly start: number } | null = null,
): ExponentInterval {
  const test = independenceTest(pairs, fitted?.scores);
  const start = fitted?.start ?? pilotExponent(pairs);
  if (start === null) return { estimate: null, low: null, high: null };
  // All three searches begin at places that another has looked at.
  const known = new Map<number, number>();
  const at = (exponent: number) => {
    const value = known.get(exponent) ?? test.at(exponent);
    known.set(exponent, value);
    return value;
  };
  const find = (target: number, from: number, step: number) =>
    rootFrom((exponent) => at(exponent) - target, from, step, EXPONENT_RANGE, {
      tolerance: TOLERANCE,
      isSmooth: isSmooth(pairs),
    });
  const step = Math.max(1e-4, 2 / Math.sqrt(pairs.count));
  const estimate = find(0, start, Math.min(SCAN_STEP / 2, 2 * step));
  if (estimate === null) return { estimate: null, low: null, high: null };
  const reach = Math.min(SCAN_STEP, (1.1 * critical) / Math.max(slopeOf(known), critical));
  const [low, high] = [find(-critical, estimate, reach), find(critical, estimate, reach)];
  // Where T jumps over all values at once the three roots are one place, known to the tolerance of the search.
  return { estimate, low: low && Math.min(low, estimate), high: high && Math.max(high, estimate) };
}

/** The steps of T are as small as the search is fine. */
const isSmooth = ({ count }: ContinuumPairs) => count >= SMOOTH_PAIRS;

/** Mean slope between the outermost places; 0 of fewer than two. */
function slopeOf(values: ReadonlyMap<number, number>): number {
  const places = [...values].sort(([a], [b]) => a - b);
  const [[low, atLow], [high, atHigh]] = [places[0], places[places.length - 1]];
  return high > low ? (atHigh - atLow) / (high - low) : 0;
}

/** λ̂ by plain ranks alone. */
export function plainExponent(pairs: ContinuumPairs): number | null {
  const start = pilotExponent(pairs);
  return start === null ? null : rankExponentNear(pairs, start);
}

/** λ̂ alone, searched around a start; used where the estimate is repeated on resampled pairs. */
export function rankExponentNear(
  pairs: ContinuumPairs,
  start: number,
  scores: RankScores | null = null,
): number | null {
  const test = independenceTest(pairs, scores);
  return rootFrom((exponent) => test.at(exponent), start, SCAN_STEP / 2, EXPONENT_RANGE, {
    tolerance: 1e-4,
    isSmooth: isSmooth(pairs),
  });
}

function pilotExponent(pairs: ContinuumPairs): number | null {
  const pilot = independenceTest(everyNth(pairs, PILOT_PAIRS));
  const crossings = crossingsOf((exponent) => pilot.at(exponent), EXPONENT_RANGE, SCAN_STEP);
  return crossings.length === 0 ? null : crossings.reduce((a, b) => (b.rise > a.rise ? b : a)).place;
}

/** Where there are twice as many or more, about `most` pairs at equal steps; else all. */
export function everyNth(pairs: ContinuumPairs, most: number): ContinuumPairs {
  const step = Math.floor(pairs.count / most);
  if (step < 2) return pairs;
  const kept: number[] = [];
  for (let k = 0; k < pairs.count; k += step) kept.push(k);
  return gatherPairs(pairs, Int32Array.from(kept));
}

/** The pairs at these positions, which must be ordered by group. */
export function gatherPairs(pairs: ContinuumPairs, positions: Int32Array): ContinuumPairs {
  const groupStart = new Int32Array(pairs.groupStart.length);
  for (let g = 1, k = 0; g < groupStart.length; g++) {
    while (k < positions.length && positions[k] < pairs.groupStart[g]) k++;
    groupStart[g] = k;
  }
  const count = positions.length;
  const gathered = {
    place: new Int32Array(count),
    logInitial: new Float64Array(count),
    logRatio: new Float64Array(count),
    sign: new Int8Array(count),
    flipped: new Uint8Array(count),
  };
  // `from` with a function would take ten times as long.
  for (let i = 0; i < count; i++) {
    const k = positions[i];
    gathered.place[i] = pairs.place[k];
    gathered.logInitial[i] = pairs.logInitial[k];
    gathered.logRatio[i] = pairs.logRatio[k];
    gathered.sign[i] = pairs.sign[k];
    gathered.flipped[i] = pairs.flipped[k];
  }
  return {
    ...pairs,
    ...gathered,
    count,
    groupStart,
    cluster: pairs.cluster ? positions.map((k) => pairs.cluster?.[k] ?? 0) : null,
  };
}

/**
 * The two-sided critical value of |T| at confidence `level`.
 *
 * Up to 200 pairs the permutation distribution (9,999 random permutations within groups), which needs no approximation;
 * above, the normal quantile, from which it no longer differs in the second digit.
 */
export function criticalValue(
  pairs: ContinuumPairs,
  level: number,
  random: Random,
  scores: RankScores | null = null,
): { value: number; method: "permutation" | "normal" } {
  const normal = normalQuantile(0.5 + level / 2);
  if (pairs.count > PERMUTATION_LIMIT) return { value: normal, method: "normal" };
  const statistics = permutationStatistics(pairs, random, scores);
  const place = Math.min(PERMUTATIONS - 1, Math.ceil(level * (PERMUTATIONS + 1)) - 1);
  return { value: statistics[place], method: "permutation" };
}

/** |T| of ranks without ties against the size ranks shuffled within groups, sorted. */
function permutationStatistics(
  pairs: ContinuumPairs,
  random: Random,
  scores: RankScores | null,
): Float64Array {
  const { groupStart } = pairs;
  const sizeRanks = centredSizeRanks(pairs, rankScratch(pairs.count));
  const ranks = new Float64Array(pairs.count);
  const groups = groupStart.length - 1;
  const [score, variance] = [new Float64Array(groups), new Float64Array(groups)];
  let spread = 0;
  for (let g = 0; g < groups; g++) {
    const [from, to] = [groupStart[g], groupStart[g + 1]];
    if (to - from < SMALLEST_GROUP) continue;
    for (let k = from; k < to; k++) ranks[k] = k - from + 1;
    if (scores !== null) rescore(ranks, from, to, scores);
    correlate(ranks, sizeRanks, from, to, g, score, variance);
    spread += variance[g];
  }
  const statistics = new Float64Array(PERMUTATIONS);
  for (let repeat = 0; repeat < PERMUTATIONS; repeat++) {
    let sum = 0;
    for (let g = 0; g < groups; g++) {
      const [from, to] = [groupStart[g], groupStart[g + 1]];
      if (to - from >= SMALLEST_GROUP)
        sum += shuffledProduct(ranks, sizeRanks, from, to, random) / (to - from + 1) ** 2;
    }
    statistics[repeat] = Math.abs(sum) / Math.sqrt(spread);
  }
  return statistics.sort();
}

/** Shuffles the (centred) size ranks of a group in place and multiplies them with the scores. */
function shuffledProduct(
  ranks: Float64Array,
  sizeRanks: Float64Array,
  from: number,
  to: number,
  random: Random,
): number {
  let product = 0;
  for (let k = to - 1; k >= from; k--) {
    const other = from + random.integer(k - from + 1);
    const held = sizeRanks[other];
    sizeRanks[other] = sizeRanks[k];
    sizeRanks[k] = held;
    product += ranks[k] * held;
  }
  return product;
}
