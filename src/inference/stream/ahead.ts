/** The cells of ΔCDF counted in the first pass, before the spread of the changes is known, by that of a few. */

import type { Potential } from "../../geometry/index.ts";
import { GRID_END, GRID_POINTS, GRID_STEP } from "../delta-cdf.ts";
import type { DualKernel } from "../kernel/dual-kernel.ts";
import { type DualMoments, deviationOf, joinMoments, NO_MOMENTS } from "./dual-moments.ts";
import { CELLS, type GridCounts, type Spread } from "./grid-cells.ts";
import type { Lane } from "./lanes.ts";
import type { PairBlocks, ReadSignal, Stretch } from "./pair-blocks.ts";

/** Cells of one width between two ends, and one beyond each. */
export interface FineGrid {
  readonly low: number;
  readonly width: number;
}

/** Grids for all pairs and for the pairs of each part; null where the few looked at say nothing of a potential. */
export interface FineGrids {
  readonly whole: readonly (FineGrid | null)[];
  /** Null where there is one part. */
  readonly parts: readonly (readonly (FineGrid | null)[])[] | null;
}

/** Of a fine grid: those below it, in each of its cells, and beyond. */
export type FineCounts = Float64Array;

/** Two more lie beyond the ends; a table of the kernel has room for all. */
const FINE_CELLS = 4000;
/** Ends in SD of the few: heavy tails may have twice that SD in all. */
const REACH = 2.2 * GRID_END;
/** In steps of ΔCDF's grid: where all have a smaller SD than the few, the cells are too coarse. */
const WIDEST = 0.8;
const STRETCHES = { whole: 32, part: 8 } as const;
const STRETCH_PAIRS = 2048;
/** Of more parts, too many pairs would be looked at twice. */
const MOST_PARTS = 16;

/** Whether counting ahead pays: not for few pairs, nor for many parts. */
export function paysAhead({ parts }: PairBlocks, fewest: number): boolean {
  const total = parts.reduce((sum, { initial }) => sum + initial.count, 0);
  return (
    total >= fewest &&
    total > 0 &&
    parts.length <= MOST_PARTS &&
    parts.every(({ initial }) => initial.count > 0)
  );
}

/** Grids that suit the spread of a few pairs from all over. */
export async function fineGrids(
  { parts }: PairBlocks,
  potentials: readonly Potential[],
  lane: Lane,
  options: ReadSignal,
): Promise<FineGrids> {
  const gridsOf = async (stretches: readonly Stretch[]) => {
    const found: DualMoments[] = potentials.map(() => NO_MOMENTS);
    for (const stretch of stretches) {
      const { units } = await lane.survey(stretch, null, options);
      for (const { moments } of units)
        for (const [k, own] of moments.entries()) if (own) found[k] = joinMoments(found[k], own);
    }
    return found.map(gridOf);
  };
  const counts = parts.map(({ initial }) => initial.count);
  const ofParts = [];
  for (const [part, count] of counts.entries()) {
    if (parts.length > 1) ofParts.push(await gridsOf(spreadOver([count], STRETCHES.part, part)));
  }
  return {
    whole: await gridsOf(spreadOver(counts, STRETCHES.whole, 0)),
    parts: parts.length > 1 ? ofParts : null,
  };
}

/** So many stretches at equal distances through the parts, the first of which has this number. */
function spreadOver(counts: readonly number[], stretches: number, first: number): Stretch[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: stretches }, (_, k) => {
    let start = Math.floor((k * total) / stretches);
    let part = 0;
    while (start >= counts[part]) start -= counts[part++];
    return { part: first + part, start, end: Math.min(counts[part], start + STRETCH_PAIRS) };
  });
}

function gridOf(moments: DualMoments): FineGrid | null {
  const deviation = deviationOf(moments);
  if (!(deviation > 0 && Number.isFinite(deviation))) return null;
  const low = Math.min(0, moments.mean) - REACH * deviation;
  const high = Math.max(0, moments.mean) + REACH * deviation;
  return { low, width: (high - low) / FINE_CELLS };
}

/** Counts the changes of the kernel's passes into the cells of a grid. */
export function fineCounter(kernel: DualKernel, { low, width }: FineGrid, table: number) {
  // In steps of two cells, which ⌊s⌋ + ⌊s − ½⌋ tells apart.
  const scale = 0.5 / width;
  const steps = {
    scale,
    shift: -low * scale,
    fraction: 0.5,
    low: -0.5,
    high: 0.5 * FINE_CELLS + 0.25,
    first: -2,
  };
  return {
    add: (count: number) => kernel.addCells(count, steps, table),
    take: () => Float64Array.from(kernel.takeTable(table).subarray(0, FINE_CELLS + 2)),
  };
}

/**
 * The cells of ΔCDF's grids from those of a fine one; null where that is too coarse, or ends too early.
 *
 * Between two edges of the fine grid the changes are held to lie evenly. Of n changes some 0.002 n share a cell, so that the
 * share below a point is wrong by an SD of 0.02/√n, a twentieth of its own sampling error: ΔCDF moves by under 1 % of its floor.
 * Under a wrong potential, whose changes crowd into a few cells, it moves by up to 10⁻⁴ of itself.
 */
export function cellsOfFine(
  fine: FineCounts,
  { low, width }: FineGrid,
  { mean, deviation }: Spread,
): GridCounts | null {
  const reach = GRID_END * deviation;
  const [first, last] = [Math.min(0, mean) - reach, Math.max(0, mean) + reach];
  if (!(width <= WIDEST * GRID_STEP * deviation)) return null;
  if (!(first >= low && last <= low + FINE_CELLS * width)) return null;
  /** Changes below each edge. */
  const below = new Float64Array(FINE_CELLS + 2);
  for (let j = 0; j <= FINE_CELLS; j++) below[j] = (j > 0 ? below[j - 1] : 0) + fine[j];
  const total = below[FINE_CELLS] + fine[FINE_CELLS + 1];
  const belowPoint = (point: number) => {
    const place = Math.min(FINE_CELLS, (point - low) / width);
    const edge = Math.floor(place);
    return below[edge] + (place - edge) * (edge < FINE_CELLS ? fine[edge + 1] : 0);
  };
  const counts = new Float64Array(2 * CELLS);
  for (const [place, centre] of [0, mean].entries()) {
    let before = 0;
    for (let k = 0; k < GRID_POINTS; k++) {
      const here = belowPoint(centre + deviation * (k * GRID_STEP - GRID_END));
      counts[place * CELLS + k] = here - before;
      before = here;
    }
    counts[place * CELLS + GRID_POINTS] = total - before;
  }
  return counts;
}
