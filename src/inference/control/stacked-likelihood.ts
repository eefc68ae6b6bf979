/** Likelihoods of two groups with a few parameters: their maximum, and errors that survive a wrong law. */

import { preciseSum } from "../precise-sum.ts";
import { clusterMeat } from "./sandwich.ts";
import { dot, invertPositive, type Matrix, times, zeros } from "./small-matrix.ts";

/** ℓ(θ) = Σ ℓ_i(θ) over the learning pairs, then the control pairs. θ₀ is the exponent. */
export interface StackedLikelihood {
  readonly count: number;
  contributions(point: readonly number[], out: Float64Array): void;
  /** Box that the search stays in. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface StackedMaximum {
  readonly point: readonly number[];
  readonly value: number;
}

export interface StackedErrors {
  /** Sandwich standard error of each parameter; infinite where the curvature is not positive. */
  readonly errors: readonly number[];
  /** How far each pair moves the exponent; null where the curvature is not positive. */
  readonly influence: Float64Array | null;
}

const GRADIENT_STEP = 2e-3;
const ITERATIONS = 80;
/** A gain, promised by the gradient, below which values have no digits left to tell a better point: steps are taken whole. */
const SMALL_GAIN = 1e-5;
/** Of the last step, which is then 1e-7 of a standard error; what it leaves is a hundred times less. */
const LAST_GAIN = 1e-14;
/** Wide enough that the digits lost by adding a thousand terms do not matter, narrow beside every standard error. */
const CURVATURE_STEP = 0.02;
const LONGEST_STEP = 1;

/**
 * BFGS with central differences, begun from the outer product of the scores, which is nearly the curvature.
 *
 * Points outside the box are taken at its nearest point. Near the top the gradient, a sum of differences, has more digits than
 * the value, and decides alone: engines that differ in the last bit of an exponential end at the same point.
 *
 * @see Berndt, Hall, Hall & Hausman 1974 (the outer product), Nocedal & Wright 2006, doi:10.1007/978-0-387-40065-5
 */
export function maximiseStacked(likelihood: StackedLikelihood, start: readonly number[]): StackedMaximum {
  const each = new Float64Array(likelihood.count);
  const inside = (point: readonly number[]) =>
    point.map((value, k) => Math.min(likelihood.high[k], Math.max(likelihood.low[k], value)));
  const valueAt = (point: readonly number[]) => total(likelihood, point, each);
  let point: readonly number[] = inside(start);
  let value = valueAt(point);
  let scores = scoresAt(likelihood, point, GRADIENT_STEP);
  let gradient = columnSums(scores);
  let inverse = inverseOfProducts(scores);
  let promisedBefore = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let step = times(inverse, gradient);
    if (!(dot(step, gradient) > 0)) {
      inverse = inverseOfProducts(scores);
      step = times(inverse, gradient);
    }
    const promised = 0.5 * dot(step, gradient);
    const isNear = promised < SMALL_GAIN;
    if (promised === 0 || (isNear && promised > 0.5 * promisedBefore)) break;
    promisedBefore = promised;
    const scale = Math.min(1, LONGEST_STEP / Math.max(...step.map(Math.abs)));
    const next = isNear
      ? wholeStep(valueAt, inside, point, step)
      : lineSearch(valueAt, inside, point, value, step, gradient, scale);
    if (next === null) break;
    if (promised < LAST_GAIN) return next;
    scores = scoresAt(likelihood, next.point, GRADIENT_STEP);
    const nextGradient = columnSums(scores);
    inverse = updatedInverse(
      inverse,
      next.point.map((x, k) => x - point[k]),
      gradient.map((g, k) => g - nextGradient[k]),
    );
    [point, value, gradient] = [next.point, next.value, nextGradient];
  }
  return { point, value };
}

function wholeStep(
  valueAt: (point: readonly number[]) => number,
  inside: (point: readonly number[]) => number[],
  point: readonly number[],
  step: readonly number[],
): StackedMaximum {
  const next = inside(point.map((x, k) => x + step[k]));
  return { point: next, value: valueAt(next) };
}

function lineSearch(
  valueAt: (point: readonly number[]) => number,
  inside: (point: readonly number[]) => number[],
  point: readonly number[],
  value: number,
  step: readonly number[],
  gradient: readonly number[],
  longest: number,
): StackedMaximum | null {
  const slope = dot(step, gradient);
  for (let t = longest; t > 1e-5 * longest; t *= 0.4) {
    const next = inside(point.map((x, k) => x + t * step[k]));
    const there = valueAt(next);
    if (there > value + 1e-4 * t * slope) return { point: next, value: there };
  }
  return null;
}

function total(likelihood: StackedLikelihood, point: readonly number[], each: Float64Array): number {
  likelihood.contributions(point, each);
  const sum = preciseSum(each);
  return Number.isFinite(sum) ? sum : Number.NEGATIVE_INFINITY;
}

/** dℓ_i/dθ_k by central differences, one array a parameter. */
function scoresAt(likelihood: StackedLikelihood, point: readonly number[], step: number): Float64Array[] {
  const below = new Float64Array(likelihood.count);
  return point.map((_, k) => {
    const moved = (by: number) => point.map((x, j) => (j === k ? x + by : x));
    const score = new Float64Array(likelihood.count);
    likelihood.contributions(moved(step), score);
    likelihood.contributions(moved(-step), below);
    for (let i = 0; i < score.length; i++) score[i] = (score[i] - below[i]) / (2 * step);
    return score;
  });
}

function columnSums(scores: readonly Float64Array[]): number[] {
  return scores.map(preciseSum);
}

function inverseOfProducts(scores: readonly Float64Array[]): number[][] {
  const products = zeros(scores.length);
  for (let a = 0; a < scores.length; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < scores[a].length; i++) sum += scores[a][i] * scores[b][i];
      products[a][b] = sum;
      products[b][a] = sum;
    }
  }
  const ridged = products.map((row, a) =>
    row.map((value, b) => (a === b ? value * (1 + 1e-6) + 1e-3 : value)),
  );
  return invertPositive(ridged) ?? ridged.map((row, a) => row.map((value, b) => (a === b ? 1 / value : 0)));
}

/** The BFGS update of an inverse curvature; left as it is where the curvature along the step is not positive. */
function updatedInverse(inverse: Matrix, step: readonly number[], fall: readonly number[]): number[][] {
  const along = dot(step, fall);
  const reached = times(inverse, fall);
  if (!(along > 1e-12)) return inverse.map((row) => [...row]);
  const factor = (1 + dot(fall, reached) / along) / along;
  return inverse.map((row, a) =>
    row.map(
      (value, b) =>
        value + factor * step[a] * step[b] - (reached[a] * step[b] + step[a] * reached[b]) / along,
    ),
  );
}

/**
 * Sandwich errors H⁻¹ (Σ_c s_c s_cᵀ) H⁻¹ at the maximum, H and s by central differences of 0.02.
 *
 * @see White 1982, doi:10.2307/1912526
 */
export function stackedErrors(
  likelihood: StackedLikelihood,
  point: readonly number[],
  pairs: Parameters<typeof clusterMeat>[0],
): StackedErrors {
  const scores = scoresAt(likelihood, point, CURVATURE_STEP);
  const curvature = curvatureAt(likelihood, point);
  // A parameter held at a bound has no curvature: it is left out, as if it were known.
  const free = point.flatMap((_, k) => (curvature[k][k] > 1e-6 ? [k] : []));
  const inverse = invertPositive(free.map((a) => free.map((b) => curvature[a][b])));
  if (inverse === null || free[0] !== 0) {
    return { errors: point.map(() => Number.POSITIVE_INFINITY), influence: null };
  }
  const rows = Array.from({ length: likelihood.count }, (_, i) => free.map((k) => scores[k][i]));
  const meat = clusterMeat(pairs, rows);
  const errors = point.map((_, k) => {
    const place = free.indexOf(k);
    return place < 0 ? Number.POSITIVE_INFINITY : Math.sqrt(dot(inverse[place], times(meat, inverse[place])));
  });
  return { errors, influence: Float64Array.from(rows, (row) => dot(inverse[0], row)) };
}

function curvatureAt(likelihood: StackedLikelihood, point: readonly number[]): number[][] {
  const each = new Float64Array(likelihood.count);
  const size = point.length;
  const h = CURVATURE_STEP;
  const at = (moves: readonly (readonly [number, number])[]) => {
    const moved = [...point];
    for (const [k, by] of moves) moved[k] += by;
    return total(likelihood, moved, each);
  };
  const here = at([]);
  const ends = point.map((_, k) => at([[k, h]]) + at([[k, -h]]));
  const curvature = zeros(size);
  for (let a = 0; a < size; a++) {
    curvature[a][a] = (2 * here - ends[a]) / (h * h);
    for (let b = 0; b < a; b++) {
      const both =
        at([
          [a, h],
          [b, h],
        ]) +
        at([
          [a, -h],
          [b, -h],
        ]);
      curvature[a][b] = (ends[a] + ends[b] - both - 2 * here) / (2 * h * h);
      curvature[b][a] = curvature[a][b];
    }
  }
  return curvature;
}
