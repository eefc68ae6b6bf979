/** What the size variable does to the exponent read off, found by simulation on the user's own sizes. */

import type { Random } from "../../random.ts";
import { afterDualChange } from "../control/dual-step.ts";
import { continuumPairs } from "../dual-continuum.ts";
import { pairWeights } from "../paired-weights.ts";
import { plainExponent } from "../rank-independence.ts";

/** Exponents read off under one true exponent: by the first size, and by the mean of both. */
export interface SizeVariablePoint {
  readonly truth: number;
  readonly first: number;
  readonly mean: number;
}

const TRUTHS = [-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;
const SIMULATIONS = 8;
const FEWEST = 10;

/** 1 less the slope of ln|δ| on ln of the mean of both sizes; null with fewer than ten changes. */
export function exponentByMeanSize(initial: Float64Array, final: Float64Array): number | null {
  const change = final.map((weight, i) => weight - initial[i]);
  let [n, sumX, sumY, products, squares] = [0, 0, 0, 0, 0];
  for (let i = 0; i < change.length; i++) {
    const size = 0.5 * (initial[i] + final[i]);
    const y = Math.log(Math.abs(change[i]));
    if (!(size > 0) || !Number.isFinite(y)) continue;
    const x = Math.log(size);
    n++;
    sumX += x;
    sumY += y;
    products += x * y;
    squares += x * x;
  }
  if (n < FEWEST) return null;
  return 1 - (products - (sumX * sumY) / n) / (squares - (sumX * sumX) / n);
}

/**
 * For each of ten true exponents: dual changes of the given sizes, as large in all as the change observed, read off in both ways.
 *
 * |δ| is at most twice the mean of both sizes, so that large changes push the exponent by mean size towards 0; by first size
 * there is no such bound.
 */
export function sizeVariableTable(
  initial: Float64Array,
  relativeChange: number,
  random: Random,
): readonly SizeVariablePoint[] {
  const scale = geometricMean(initial);
  const sizes = initial.map((size) => size / scale);
  return TRUTHS.map((truth) => {
    const own = random.stream(`truth ${truth}`);
    const found = Array.from({ length: SIMULATIONS }, () => simulatedOnce(sizes, relativeChange, truth, own));
    const meanOf = (values: readonly (number | null)[]) => {
      const known = values.filter((value) => value !== null);
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    return {
      truth,
      first: meanOf(found.map(({ first }) => first)),
      mean: meanOf(found.map(({ mean }) => mean)),
    };
  });
}

function geometricMean(values: Float64Array): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function simulatedOnce(sizes: Float64Array, relativeChange: number, truth: number, random: Random) {
  const draws = sizes.map(() => random.normal());
  const step = dualStep(sizes, draws, truth, relativeChange);
  const after = sizes.map((size, i) => afterDualChange(size, step * draws[i], truth));
  const kept = Array.from(sizes.keys()).filter((i) => after[i] > 0 && Number.isFinite(after[i]));
  const initial = Float64Array.from(kept, (i) => sizes[i]);
  const final = Float64Array.from(kept, (i) => after[i]);
  return {
    first: plainExponent(continuumPairs(pairWeights(initial, final))),
    mean: exponentByMeanSize(initial, final),
  };
}

/** The SD of the dual change at which the median of |δ|/w⁰ is the one wanted. */
function dualStep(sizes: Float64Array, draws: Float64Array, truth: number, wanted: number): number {
  let [low, high] = [1e-4, 20];
  for (let halving = 0; halving < 40; halving++) {
    const middle = Math.sqrt(low * high);
    const relative = sizes.map((size, i) =>
      Math.abs(afterDualChange(size, middle * draws[i], truth) / size - 1),
    );
    if (relative.sort()[relative.length >> 1] > wanted) high = middle;
    else low = middle;
  }
  return low;
}

/** The true exponent under which an observed one would be read off, by straight lines between those tried; null beyond them. */
export function truthOf(
  table: readonly SizeVariablePoint[],
  variable: "first" | "mean",
  observed: number | null,
): number | null {
  if (observed === null) return null;
  for (let k = 1; k < table.length; k++) {
    const [a, b] = [table[k - 1], table[k]];
    if ((observed - a[variable]) * (observed - b[variable]) > 0) continue;
    const share = (observed - a[variable]) / (b[variable] - a[variable]);
    return a.truth + share * (b.truth - a.truth);
  }
  return null;
}
