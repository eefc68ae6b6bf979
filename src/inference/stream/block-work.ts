/** What is done to one block of pairs in each of the two passes; the same in a worker as in the calling thread. */

import type { Potential } from "../../geometry/index.ts";
import { holds, rangeOfWeights } from "../delta-cdf.ts";
import { type DualKernel, KERNEL_PAIRS } from "../kernel/dual-kernel.ts";
import { isUsable, type PairCounts } from "../paired-weights.ts";
import { type FineCounts, type FineGrid, fineCounter } from "./ahead.ts";
import { type DualMoments, momentsOfSums, NO_MOMENTS } from "./dual-moments.ts";
import { cellCounter, type GridCounts, type Spread } from "./grid-cells.ts";

/** Pairs whose moments are taken together: fixed, so that sums are added in one order however large the blocks are. */
export const UNIT_PAIRS = 65_536;

export type FloatArray = Float64Array | Float32Array;

export interface BlockPairs {
  readonly initial: FloatArray;
  readonly final: FloatArray;
}

/** What the first pass finds in one unit. */
export interface UnitSurvey {
  readonly counts: PairCounts;
  /** One for each potential; null where a weight lies outside its domain. */
  readonly moments: readonly (DualMoments | null)[];
}

/** Where the first pass counts beside its moments. */
export interface AheadRequest {
  readonly whole: readonly (FineGrid | null)[];
  /** Null where there are no groups. */
  readonly group: readonly (FineGrid | null)[] | null;
}

/** What the first pass finds in one block. */
export interface BlockSurvey {
  readonly units: readonly UnitSurvey[];
  /** The cells of the fine grids, as they were asked for. */
  readonly whole: readonly (FineCounts | null)[];
  readonly group: readonly (FineCounts | null)[] | null;
}

/** First pass: counts, and moments of the dual changes, unit by unit. */
export function surveyBlock(
  kernel: DualKernel,
  potentials: readonly Potential[],
  block: BlockPairs,
  ahead: AheadRequest | null,
): BlockSurvey {
  const countersOf = (grids: readonly (FineGrid | null)[], firstTable: number) =>
    grids.map((grid, k) => grid && fineCounter(kernel, grid, firstTable + k));
  const whole = countersOf(ahead?.whole ?? [], 0);
  const group = ahead?.group ? countersOf(ahead.group, potentials.length) : null;
  const count = (k: number, pairs: number) => {
    whole[k]?.add(pairs);
    group?.[k]?.add(pairs);
  };
  const units: UnitSurvey[] = [];
  for (let from = 0; from < block.initial.length; from += UNIT_PAIRS) {
    units.push(surveyUnit(kernel, potentials, part(block, from, from + UNIT_PAIRS), count));
  }
  return {
    units,
    whole: whole.map((counter) => counter?.take() ?? null),
    group: group?.map((counter) => counter?.take() ?? null) ?? null,
  };
}

const part = ({ initial, final }: BlockPairs, from: number, to: number): BlockPairs => ({
  initial: initial.subarray(from, to),
  final: final.subarray(from, to),
});

/** @param count  hears that the kernel holds so many changes under a potential */
function surveyUnit(
  kernel: DualKernel,
  potentials: readonly Potential[],
  unit: BlockPairs,
  count: (potential: number, pairs: number) => void,
): UnitSurvey {
  const total = unit.initial.length;
  const sums = potentials.map(() => new Float64Array(4));
  const shifts = new Float64Array(potentials.length);
  const outside = potentials.map(() => false);
  let used = 0;
  kernel.tally.fill(0);
  for (let from = 0; from < total; from += KERNEL_PAIRS) {
    const { initial, final } = part(unit, from, from + KERNEL_PAIRS);
    const pairs = kernel.load(initial, final);
    if (pairs === 0) continue;
    for (const [k, potential] of potentials.entries()) {
      outside[k] ||= !isHeld(kernel, potential, pairs);
      if (outside[k]) continue;
      kernel.pass(potential, pairs, { duals: true });
      // Sums about a value near the mean keep all digits in one pass.
      if (used === 0) shifts[k] = kernel.changes[0];
      kernel.addMoments(pairs, shifts[k], sums[k]);
      count(k, pairs);
    }
    used += pairs;
  }
  const [nonFinite, absentInitially, absentFinally, absentThroughout, unchanged, signFlips] = kernel.tally;
  return {
    counts: {
      total,
      used,
      nonFinite,
      absentInitially,
      absentFinally,
      absentThroughout,
      unchanged,
      signFlips,
    },
    moments: sums.map((own, k) => {
      if (outside[k]) return null;
      return used === 0 ? NO_MOMENTS : momentsOfSums(used, shifts[k], own);
    }),
  };
}

/** Usable weights are finite and not 0, which is all that most domains ask. */
function isHeld(kernel: DualKernel, potential: Potential, count: number): boolean {
  const { low, high } = potential.domain;
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return true;
  const range = rangeOfWeights(kernel.initial.subarray(0, count), kernel.final.subarray(0, count));
  return holds(potential, range);
}

/** Pairs wanted by their ordinals among the usable, or the usable and changed, pairs of a block. */
export interface Draw {
  readonly keepUnchanged: boolean;
  /** In increasing order. */
  readonly ordinals: Float64Array;
  /** Whether every pair of the block is of that kind, so that an ordinal is a place. */
  readonly isEvery: boolean;
}

export interface CountRequest {
  /** How each potential's changes are standardised, over all pairs; null where nothing is counted. */
  readonly whole: readonly (Spread | null)[];
  /** The same over the pairs of the group; null where there are no groups. */
  readonly group: readonly (Spread | null)[] | null;
  readonly draws: readonly Draw[];
}

/** What the second pass finds in one block. */
export interface BlockCells {
  /** Usable pairs; null where no cells were asked for, and so nothing was counted. */
  readonly used: number | null;
  readonly whole: readonly (GridCounts | null)[];
  readonly group: readonly (GridCounts | null)[] | null;
  /** The pairs of each draw; fewer than asked for where the block has changed since it was surveyed. */
  readonly drawn: readonly BlockPairs[];
}

/** Second pass: cells of the standardised changes, and the pairs that are drawn. */
export function countBlock(
  kernel: DualKernel,
  potentials: readonly Potential[],
  block: BlockPairs,
  request: CountRequest,
): BlockCells {
  const countersOf = (spreads: readonly (Spread | null)[], firstTable: number) =>
    spreads.map((spread, k) => spread && cellCounter(kernel, spread, firstTable + k));
  const whole = countersOf(request.whole, 0);
  const group = request.group && countersOf(request.group, potentials.length);
  const isCounted = [...whole, ...(group ?? [])].some((counter) => counter !== null);
  let used = 0;
  for (let from = 0; isCounted && from < block.initial.length; from += KERNEL_PAIRS) {
    const { initial, final } = part(block, from, from + KERNEL_PAIRS);
    const count = kernel.load(initial, final);
    used += count;
    for (const [k, potential] of potentials.entries()) {
      const ofGroup = group?.[k] ?? null;
      if (count === 0 || (whole[k] === null && ofGroup === null)) continue;
      kernel.pass(potential, count, { duals: false });
      whole[k]?.add(count);
      ofGroup?.add(count);
    }
  }
  return {
    used: isCounted ? used : null,
    whole: whole.map((counter) => counter?.take() ?? null),
    group: group?.map((counter) => counter?.take() ?? null) ?? null,
    drawn: request.draws.map((draw) => drawPairs(block, draw)),
  };
}

function drawPairs({ initial, final }: BlockPairs, { ordinals, keepUnchanged, isEvery }: Draw): BlockPairs {
  const isWanted = (i: number) =>
    isUsable(initial[i], final[i]) && (keepUnchanged || initial[i] !== final[i]);
  const places = isEvery
    ? Int32Array.from(ordinals).filter(isWanted)
    : placesOf(ordinals, initial.length, isWanted);
  return { initial: picked(initial, places), final: picked(final, places) };
}

/** Where among `length` pairs the wanted ones with these ordinals are. */
function placesOf(ordinals: Float64Array, length: number, isWanted: (i: number) => boolean): Int32Array {
  const places = new Int32Array(ordinals.length);
  let found = 0;
  for (let i = 0, ordinal = 0; found < places.length && i < length; i++) {
    if (!isWanted(i)) continue;
    if (ordinals[found] === ordinal++) places[found++] = i;
  }
  return places.subarray(0, found);
}

function picked(values: FloatArray, places: Int32Array): FloatArray {
  const out =
    values instanceof Float32Array ? new Float32Array(places.length) : new Float64Array(places.length);
  for (let k = 0; k < places.length; k++) out[k] = values[places[k]];
  return out;
}
