/** What blocks add up to: counts, moments and cells of all pairs or of one group. */

import type { DeltaCdf } from "../delta-cdf.ts";
import type { PairCounts } from "../paired-weights.ts";
import type { UnitSurvey } from "./block-work.ts";
import { type DualMoments, deviationOf, joinMoments, NO_MOMENTS } from "./dual-moments.ts";
import { distancesOf, type GridCounts, type Spread } from "./grid-cells.ts";

/** Sums that grow block by block, in the order of the blocks. */
export interface Totals {
  counts: PairCounts;
  /** One for each potential; null once a weight lay outside its domain. */
  readonly moments: (DualMoments | null)[];
  readonly cells: (GridCounts | null)[];
}

export function emptyTotals(potentials: number): Totals {
  return {
    counts: {
      total: 0,
      used: 0,
      nonFinite: 0,
      absentInitially: 0,
      absentFinally: 0,
      absentThroughout: 0,
      unchanged: 0,
      signFlips: 0,
    },
    moments: Array.from({ length: potentials }, () => NO_MOMENTS),
    cells: Array.from({ length: potentials }, () => null),
  };
}

export function addUnit(totals: Totals, unit: UnitSurvey): void {
  totals.counts = sumOfCounts(totals.counts, unit.counts);
  for (const [k, moments] of unit.moments.entries()) {
    const before = totals.moments[k];
    totals.moments[k] = before && moments && joinMoments(before, moments);
  }
}

export function sumOfCounts(a: PairCounts, b: PairCounts): PairCounts {
  return {
    total: a.total + b.total,
    used: a.used + b.used,
    nonFinite: a.nonFinite + b.nonFinite,
    absentInitially: a.absentInitially + b.absentInitially,
    absentFinally: a.absentFinally + b.absentFinally,
    absentThroughout: a.absentThroughout + b.absentThroughout,
    unchanged: a.unchanged + b.unchanged,
    signFlips: a.signFlips + b.signFlips,
  };
}

/** Adds the counts of a block, potential by potential; null where nothing was counted. */
export function addCells(sums: (GridCounts | null)[], found: readonly (GridCounts | null)[]): void {
  for (const [k, counts] of found.entries()) {
    const sum = sums[k];
    if (counts === null) continue;
    if (sum === null) sums[k] = counts;
    else for (let cell = 0; cell < sum.length; cell++) sum[cell] += counts[cell];
  }
}

/** How the second pass standardises; null where it has nothing to count. */
export function spreadsOf({ moments }: Totals): (Spread | null)[] {
  return moments.map((own) => {
    const deviation = own === null ? 0 : deviationOf(own);
    return own !== null && deviation > 0 ? { mean: own.mean, deviation } : null;
  });
}

/** ΔCDF for each potential, as `deltaCdf` of the same pairs in memory. */
export function measuresOf(totals: Totals): DeltaCdf[] {
  const spreads = spreadsOf(totals);
  return totals.moments.map((moments, k) => {
    const [spread, cells] = [spreads[k], totals.cells[k]];
    if (moments === null) return { status: "outside-domain" };
    if (spread === null || cells === null) return { status: "no-change" };
    const magnitude = Math.sqrt(moments.changeSquares / moments.dualSquares);
    return { status: "ok", ...distancesOf(cells, totals.counts.used), magnitude, ...spread };
  });
}
