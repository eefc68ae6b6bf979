/** What a rank is worth: scores that suit the law of the changes, whichever it is. */

import { type ContinuumPairs, dualChangesAt } from "./dual-continuum.ts";
import { median } from "./ranks.ts";

/** a(u) at u = (j + ½)/length; ranks in between are interpolated. */
export type RankScores = Float64Array;

const POINTS = 256;
/** Of ln|d|, whose SD is 1.11 for a Gaussian d: wide enough that 50 changes do not make waves, narrow enough to see two kinds. */
const BANDWIDTH = 0.8;

/**
 * Scores for the ranks of |d − m/2|, fitted to the dual changes at an exponent near λ̂.
 *
 * An exponent that is off by Δ shifts x = ln|d − m/2| by −Δ ln|w⁰|: a regression slope, whose most powerful rank test has
 * the scores a(u) = −g′(x_u)/g(x_u), g the density of x and x_u its quantile. g is a Gaussian kernel estimate of
 * bandwidth 0.8 over 256 quantiles of x, taken within groups about their means. The scores know the changes but not the
 * initial weights, so that the test keeps its size whatever the law.
 * Where 70 % of synapses change twenty times less, n = 200, they find the right one of five in 98 % instead of 94 %; for
 * Gaussian and t₄ changes they do as well as the plain (Wilcoxon) ranks.
 *
 * @see Hájek 1962, doi:10.1214/aoms/1177704476
 */
export function fittedScores(pairs: ContinuumPairs, exponent: number): RankScores {
  const places = logDistances(pairs, exponent).sort();
  const count = Math.min(POINTS, places.length);
  const points = Float64Array.from(
    { length: count },
    (_, j) => places[Math.floor(((j + 0.5) * places.length) / count)],
  );
  return points.map((x) => {
    let [density, slope] = [0, 0];
    for (const point of points) {
      const z = (x - point) / BANDWIDTH;
      const kernel = Math.exp(-0.5 * z * z);
      density += kernel;
      slope -= (kernel * z) / BANDWIDTH;
    }
    return -slope / density;
  });
}

/** ln|d − m_g/2| less its mean in the group, of the changes for which it is finite. */
function logDistances(pairs: ContinuumPairs, exponent: number): Float64Array {
  const { count, groupStart } = pairs;
  const changes = dualChangesAt(pairs, exponent, new Float64Array(count));
  const scratch = new Float64Array(count);
  const found = new Float64Array(count);
  let kept = 0;
  for (let g = 0; g + 1 < groupStart.length; g++) {
    const [from, to] = [groupStart[g], groupStart[g + 1]];
    if (to === from) continue;
    const half = 0.5 * median(changes, from, to, scratch);
    const shift = Number.isFinite(half) ? half : 0;
    const first = kept;
    let sum = 0;
    for (let k = from; k < to; k++) {
      const value = Math.log(Math.abs(changes[k] - shift));
      if (!Number.isFinite(value)) continue;
      found[kept++] = value;
      sum += value;
    }
    const mean = sum / (kept - first);
    for (let k = first; k < kept; k++) found[k] -= mean;
  }
  return found.subarray(0, kept);
}

/** a(u) of a mid-rank 1 … n, u = (rank − ½)/n. */
export function scoreOf(scores: RankScores, rank: number, count: number): number {
  const place = Math.min(scores.length - 1, Math.max(0, ((rank - 0.5) / count) * scores.length - 0.5));
  const below = Math.floor(place);
  const above = Math.min(scores.length - 1, below + 1);
  return scores[below] + (place - below) * (scores[above] - scores[below]);
}
