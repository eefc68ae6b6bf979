/** The seed paper's measure: how far the standardised dual change is from a standard normal. */

import { InputError } from "../errors.ts";
import { isInside, type Potential } from "../geometry/index.ts";
import { normalCdf } from "./special-functions.ts";

export const GRID_POINTS = 1000;
export const GRID_END = 5;
/** In steps of the grid; the arithmetic itself errs by less than 1e-11. */
const ROUNDING = 1e-9;
export const GRID_STEP = (2 * GRID_END) / (GRID_POINTS - 1);

/** x_k = −5 + k·10/999, the last exactly 5. */
const GRID = Float64Array.from({ length: GRID_POINTS }, (_, k) =>
  k === GRID_POINTS - 1 ? GRID_END : -GRID_END + k * GRID_STEP,
);
const NORMAL_AT_GRID = GRID.map(normalCdf);

/**
 * E ΔCDF·√n of n exact N(0, 1) draws standardised by their own SD; the upper value is the 95 % quantile, uncentred.
 *
 * Uncentred: √(2/π) ∫ √(Φ(1 − Φ) − x²φ²/2) dx = 1.185 as n grows, 1.17 to 1.18 in simulation.
 */
export const DELTA_CDF_FLOOR = { uncentred: 1.18, centred: 0.83, upper: 2.08 } as const;

/**
 * ΔCDF with the relative dual change.
 *
 * `status` is "ok", or why there is no number: "no-change" (every dual change is the same, so that the SD is 0),
 * "outside-domain" (a weight outside the potential's domain, such as 0 under the negative entropy).
 */
export type DeltaCdf =
  | {
      readonly status: "ok";
      readonly uncentred: number;
      readonly centred: number;
      /** ‖∇φ(w¹) − ∇φ(w⁰)‖ / ‖∇φ(w⁰)‖. */
      readonly magnitude: number;
      readonly mean: number;
      /** Sample SD (divisor n − 1). */
      readonly deviation: number;
    }
  | { readonly status: "no-change" | "outside-domain" };

/**
 * ΔCDF of weight pairs under a potential.
 *
 * δ = ∇φ(w¹) − ∇φ(w⁰),  z = δ/SD(δ) (uncentred) or (δ − mean)/SD(δ) (centred),  F(x) = share of z strictly below x,
 * ΔCDF = Σ_k |F(x_k) − N(x_k)|·(x_1 − x_0),  x_k = 1000 points from −5 to 5.
 *
 * Each z is counted once, into the cell between two grid points; a running sum over the cells gives F at every point.
 * `options.changes` receives δ; `options.range` spares looking for weights outside the domain.
 * Where the reference implementation returns 5.005 (a NaN, or no change at all), `status` says so instead.
 *
 * @throws InputError `lengths-differ`, `too-few-pairs` (fewer than 2)
 * @see Pogodin et al. 2024, "Synaptic weight distributions depend on the geometry of plasticity" (ICLR)
 */
export function deltaCdf(
  potential: Potential,
  initial: Float64Array | Float32Array,
  final: Float64Array | Float32Array,
  options: { readonly changes?: Float64Array; readonly range?: WeightRange } = {},
): DeltaCdf {
  const count = initial.length;
  if (final.length !== count || count < 2) {
    throw new InputError({
      code: final.length === count ? "too-few-pairs" : "lengths-differ",
      message: `deltaCdf: expected two arrays of one length ≥ 2, got ${count} and ${final.length}; give one final weight for each initial weight`,
    });
  }
  if (!holds(potential, options.range ?? rangeOfWeights(initial, final))) return { status: "outside-domain" };
  const changes = options.changes ?? new Float64Array(count);
  const moments = dualMoments(potential, initial, final, changes);
  const { mean, deviation } = moments;
  if (!(deviation > 0)) return { status: "no-change" };
  const counts = cellCounts(changes, deviation, mean);
  return {
    status: "ok",
    uncentred: distanceToNormal(counts.uncentred, count),
    centred: distanceToNormal(counts.centred, count),
    magnitude: moments.magnitude,
    mean,
    deviation,
  };
}

const BLOCK = 8192;

/** δ into `changes`, with its mean, sample SD and relative norm. */
function dualMoments(
  potential: Potential,
  initial: Float64Array | Float32Array,
  final: Float64Array | Float32Array,
  changes: Float64Array,
) {
  const count = initial.length;
  const duals = new Float64Array(BLOCK);
  // Sums about a value near the mean keep all digits in one pass.
  const shift = potential.dualChange(initial[0], final[0]);
  let [dualSquares, changeSquares, sum, squares] = [0, 0, 0, 0];
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(count, from + BLOCK);
    dualBlock(
      potential,
      initial.subarray(from, to),
      final.subarray(from, to),
      changes.subarray(from, to),
      duals,
    );
    for (let i = from; i < to; i++) {
      const change = changes[i];
      const dual = duals[i - from];
      const shifted = change - shift;
      changeSquares += change * change;
      dualSquares += dual * dual;
      sum += shifted;
      squares += shifted * shifted;
    }
  }
  const variance = (squares - (sum * sum) / count) / (count - 1);
  return {
    mean: shift + sum / count,
    deviation: Math.sqrt(Math.max(0, variance)),
    magnitude: Math.sqrt(changeSquares / dualSquares),
  };
}

export function dualBlock(
  potential: Potential,
  initial: Float64Array | Float32Array,
  final: Float64Array | Float32Array,
  changes: Float64Array,
  duals: Float64Array,
): void {
  if (potential.dualPass) {
    potential.dualPass(initial, final, changes, duals);
    return;
  }
  for (let i = 0; i < initial.length; i++) {
    changes[i] = potential.dualChange(initial[i], final[i]);
    duals[i] = potential.mirrorMap(initial[i]);
  }
}

/** What decides whether all of an array lies in a domain; taken once for all potentials. */
export interface WeightRange {
  readonly low: number;
  readonly high: number;
  readonly anyZero: boolean;
  readonly allFinite: boolean;
}

export function rangeOfWeights(...arrays: readonly (Float64Array | Float32Array)[]): WeightRange {
  let [low, high, anyZero, allFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false, true];
  for (const weights of arrays) {
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i];
      if (weight < low) low = weight;
      if (weight > high) high = weight;
      if (weight === 0) anyZero = true;
      if (!(Math.abs(weight) < Number.POSITIVE_INFINITY)) allFinite = false;
    }
  }
  return { low, high, anyZero, allFinite };
}

export function holds({ domain }: Potential, { low, high, anyZero, allFinite }: WeightRange): boolean {
  return allFinite && isInside(domain, low) && isInside(domain, high) && !(anyZero && domain.withoutZero);
}

/**
 * How many z fall into each cell of the grid, for z = δ/SD and z = (δ − mean)/SD.
 *
 * counts[k] = how many have x_{k−1} ≤ z < x_k; counts[1000] those at or beyond 5.
 */
export function cellCounts(changes: Float64Array, deviation: number, mean: number) {
  const uncentred = new Int32Array(GRID_POINTS + 1);
  const centred = new Int32Array(GRID_POINTS + 1);
  const scale = 1 / (deviation * GRID_STEP);
  const shift = GRID_END / GRID_STEP;
  const centredShift = shift - mean * scale;
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i];
    const steps = change * scale + shift;
    uncentred[isClear(steps) ? (steps | 0) + 1 : cellOf(change / deviation)]++;
    const centredSteps = change * scale + centredShift;
    centred[isClear(centredSteps) ? (centredSteps | 0) + 1 : cellOf((change - mean) / deviation)]++;
  }
  return { uncentred, centred };
}

/** Whether a place in steps of the grid lies inside it and so far from a grid point that rounding cannot move it across. */
function isClear(steps: number): boolean {
  const offset = steps - (steps | 0);
  return steps > 0 && steps < GRID_POINTS - 1 && offset > ROUNDING && offset < 1 - ROUNDING;
}

/** The cell of z by comparison with the grid points themselves. */
function cellOf(z: number): number {
  if (z < -GRID_END) return 0;
  if (z >= GRID_END) return GRID_POINTS;
  let cell = Math.floor((z + GRID_END) / GRID_STEP) + 1;
  while (cell < GRID_POINTS && GRID[cell] <= z) cell++;
  while (cell > 0 && GRID[cell - 1] > z) cell--;
  return cell;
}

export function distanceToNormal(counts: ArrayLike<number>, count: number): number {
  let below = 0;
  let distance = 0;
  for (let k = 0; k < GRID_POINTS; k++) {
    below += counts[k];
    distance += Math.abs(below / count - NORMAL_AT_GRID[k]);
  }
  return distance * (GRID[1] - GRID[0]);
}
