/** How far a sample is from a law: the largest difference of the distribution functions, and the area between them. */

import type { Random } from "../random.ts";

/** Parts of each tail beyond the sample, for the area. */
const TAIL_PARTS = 400;

/**
 * Kolmogorov's distance, sup |F̂ − F|.
 *
 * @param sorted  in growing order
 * @param cdf     F
 */
export function kolmogorovDistance(sorted: Float64Array, cdf: (x: number) => number): number {
  const n = sorted.length;
  return sorted.reduce((most, value, i) => {
    const at = cdf(value);
    return Math.max(most, at - i / n, (i + 1) / n - at);
  }, 0);
}

/** Kolmogorov's distance that a sample of its own law exceeds in 5 of 100 cases, for n above some 35. */
export const kolmogorovCritical = (count: number) => 1.358 / Math.sqrt(count);

/**
 * The first Wasserstein distance, ∫ |F̂ − F| dx, in the unit of x.
 *
 * Between two values of the sample by Simpson's rule, in each tail by as many parts as settle it.
 *
 * @param sorted  in growing order
 * @param ends    beyond which F is 0 and 1 for this purpose
 * @see Vallender 1974, doi:10.1137/1118101
 */
export function wassersteinDistance(
  sorted: Float64Array,
  cdf: (x: number) => number,
  ends: { readonly low: number; readonly high: number },
): number {
  const n = sorted.length;
  const area = (from: number, to: number, step: number, parts: number) => {
    if (!(to > from)) return 0;
    const width = (to - from) / parts;
    let sum = 0;
    for (let k = 0; k < parts; k++) {
      const [a, b] = [from + k * width, from + (k + 1) * width];
      const [left, middle, right] = [a, (a + b) / 2, b].map((x) => Math.abs(cdf(x) - step));
      sum += ((left + 4 * middle + right) * width) / 6;
    }
    return sum;
  };
  let total = area(ends.low, sorted[0], 0, TAIL_PARTS) + area(sorted[n - 1], ends.high, 1, TAIL_PARTS);
  for (let i = 1; i < n; i++) total += area(sorted[i - 1], sorted[i], i / n, 1);
  return total;
}

/** Resamples of which 50 have a larger distance than the one that is taken. */
const RESAMPLES = 999;

/**
 * The first Wasserstein distance between the law of a sample and `count` draws of it that 5 of 100 such draws exceed.
 *
 * The law is the sample itself, so that the same number serves every model that it is compared with (the bootstrap); with values
 * that stand for more of them, n < count, distances of n draws are multiplied by √(n/count).
 *
 * @param sorted  n values in growing order
 * @returns       in the unit of the values
 * @see Efron & Tibshirani 1993, "An introduction to the bootstrap", doi:10.1007/978-1-4899-4541-9
 */
export function wassersteinCritical(sorted: Float64Array, count: number, random: Random): number {
  const n = sorted.length;
  const distances = Float64Array.from({ length: RESAMPLES }, () => {
    const drawn = new Int32Array(n);
    for (let k = 0; k < n; k++) drawn[random.integer(n)]++;
    let [below, total] = [0, 0];
    for (let i = 0; i < n - 1; i++) {
      below += drawn[i] - 1;
      total += (Math.abs(below) / n) * (sorted[i + 1] - sorted[i]);
    }
    return total;
  }).sort();
  return distances[Math.ceil(0.95 * (RESAMPLES + 1)) - 1] * Math.sqrt(n / count);
}
