/** Intervals for pairs that are not independent: whole clusters are resampled. */

import type { Random } from "../random.ts";
import type { ContinuumPairs } from "./dual-continuum.ts";
import { gatherPairs, rankExponentNear } from "./rank-independence.ts";
import type { RankScores } from "./rank-scores.ts";
import { normalQuantile, studentTQuantile } from "./special-functions.ts";

/** Fewer than this say too little of how clusters differ: the interval is then open at both ends. */
export const FEWEST_CLUSTERS = 5;

export interface BootstrapInterval {
  readonly low: number | null;
  readonly high: number | null;
  /** Resamples in which an estimate was found. */
  readonly resamples: number;
}

/**
 * Bootstrap interval of λ̂ by rank independence over resamples of whole clusters.
 *
 * @see Efron & Tibshirani 1993, "An introduction to the bootstrap", doi:10.1007/978-1-4899-4541-9
 */
export function rankBootstrap(
  pairs: ContinuumPairs,
  estimate: number,
  options: {
    readonly level: number;
    readonly resamples: number;
    readonly random: Random;
    readonly scores?: RankScores | null;
    onResample?(): void;
  },
): BootstrapInterval {
  const members = clusterMembers(pairs);
  const estimates: number[] = [];
  for (let resample = 0; resample < options.resamples; resample++) {
    const drawn = drawClusters(members, options.random);
    const found = rankExponentNear(gatherPairs(pairs, drawn), estimate, options.scores);
    if (found !== null) estimates.push(found);
    options.onResample?.();
  }
  return bootstrapInterval(estimates, estimate, members.length, options.level);
}

/** The same for an estimator whose response to each pair is known: λ* = λ̂ + Σ over the clusters drawn of their influence. */
export function influenceBootstrap(
  pairs: { readonly cluster: Int32Array; readonly clusterCount: number },
  estimate: number,
  influence: Float64Array,
  options: { readonly level: number; readonly resamples: number; readonly random: Random },
): BootstrapInterval {
  const totals = new Float64Array(pairs.clusterCount);
  const present = new Uint8Array(pairs.clusterCount);
  for (let k = 0; k < influence.length; k++) {
    totals[pairs.cluster[k]] += influence[k];
    present[pairs.cluster[k]] = 1;
  }
  const clusters = totals.filter((_, c) => present[c] === 1);
  const estimates = Array.from({ length: options.resamples }, () => {
    let sum = estimate;
    for (let draw = 0; draw < clusters.length; draw++)
      sum += clusters[options.random.integer(clusters.length)];
    return sum;
  });
  return bootstrapInterval(estimates, estimate, clusters.length, options.level);
}

/** Positions of the pairs of each cluster that has any. */
function clusterMembers(pairs: ContinuumPairs): number[][] {
  const members: number[][] = Array.from({ length: pairs.clusterCount }, () => []);
  for (let k = 0; k < pairs.count; k++) members[pairs.cluster?.[k] ?? 0].push(k);
  return members.filter((positions) => positions.length > 0);
}

function drawClusters(members: readonly number[][], random: Random): Int32Array {
  const positions: number[] = [];
  for (let draw = 0; draw < members.length; draw++) {
    for (const position of members[random.integer(members.length)]) positions.push(position);
  }
  return Int32Array.from(positions).sort();
}

/**
 * Percentiles of the resampled estimates, each end moved away from λ̂ by t_{C−1}/z·√(C/(C − 1)).
 *
 * With few clusters C the plain percentiles are too narrow: resampling C clusters has (C − 1)/C of the variance, and the
 * variance itself is known from C − 1 degrees of freedom.
 */
export function bootstrapInterval(
  estimates: readonly number[],
  estimate: number,
  clusters: number,
  level: number,
): BootstrapInterval {
  const sorted = estimates.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count < 2 || clusters < FEWEST_CLUSTERS) return { low: null, high: null, resamples: count };
  const share = 0.5 + level / 2;
  const widening =
    (studentTQuantile(share, clusters - 1) / normalQuantile(share)) * Math.sqrt(clusters / (clusters - 1));
  const at = (p: number) => sorted[Math.min(count - 1, Math.max(0, Math.round(p * (count + 1)) - 1))];
  return {
    low: estimate - widening * (estimate - at(1 - share)),
    high: estimate + widening * (at(share) - estimate),
    resamples: count,
  };
}
