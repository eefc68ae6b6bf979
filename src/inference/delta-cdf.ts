/** The seed paper's measure: how far the standardised dual change is from a standard normal. */

import { InputError } from "../errors.ts";
import { isInside, type Potential } from "../geometry/index.ts";
import { normalCdf } from "./special-functions.ts";

const GRID_POINTS = 1000;
const GRID_END = 5;
const GRID_STEP = (2 * GRID_END) / (GRID_POINTS - 1);

/** x_k = −5 + k·10/999, the last exactly 5. */
const GRID = Float64Array.from({ length: GRID_POINTS }, (_, k) =>
  k === GRID_POINTS - 1 ? GRID_END : -GRID_END + k * GRID_STEP,
);
const NORMAL_AT_GRID = GRID.map(normalCdf);

/** E ΔCDF·√n of n exact N(0, 1) draws standardised by their own SD; the upper value is the 95 % quantile, uncentred. */
export const DELTA_CDF_FLOOR = { uncentred: 1.22, centred: 0.83, upper: 2.1 } as const;

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
  | { readonly status: "no-change" | "outside-domain"; readonly place: number | null };

/**
 * ΔCDF of weight pairs under a potential.
 *
 * δ = ∇φ(w¹) − ∇φ(w⁰),  z = δ/SD(δ) (uncentred) or (δ − mean)/SD(δ) (centred),  F(x) = share of z strictly below x,
 * ΔCDF = Σ_k |F(x_k) − N(x_k)|·(x_1 − x_0),  x_k = 1000 points from −5 to 5.
 *
 * Each z is counted once, into the cell between two grid points; a running sum over the cells gives F at every point.
 * Where the reference implementation returns 5.005 (a NaN, or no change at all), `status` says so instead.
 *
 * @throws InputError `lengths-differ`, `too-few-pairs` (fewer than 2)
 * @see Pogodin et al. 2024, "Synaptic weight distributions depend on the geometry of plasticity" (ICLR)
 */
export function deltaCdf(
  potential: Potential,
  initial: Float64Array | Float32Array,
  final: Float64Array | Float32Array,
  changes = new Float64Array(initial.length),
): DeltaCdf {
  const count = initial.length;
  if (final.length !== count || count < 2) {
    throw new InputError({
      code: final.length === count ? "too-few-pairs" : "lengths-differ",
      message: `deltaCdf: expected two arrays of one length ≥ 2, got ${count} and ${final.length}; give one final weight for each initial weight`,
    });
  }
  const outside = outsidePlace(potential, initial) ?? outsidePlace(potential, final);
  if (outside !== null) return { status: "outside-domain", place: outside };
  let dualSquares = 0;
  let changeSquares = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const change = potential.dualChange(initial[i], final[i]);
    const dual = potential.mirrorMap(initial[i]);
    changes[i] = change;
    sum += change;
    changeSquares += change * change;
    dualSquares += dual * dual;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (changes[i] - mean) ** 2;
  const deviation = Math.sqrt(squares / (count - 1));
  if (!(deviation > 0)) return { status: "no-change", place: null };
  return {
    status: "ok",
    uncentred: distanceToNormal(cellCounts(changes, count, 0, deviation), count),
    centred: distanceToNormal(cellCounts(changes, count, mean, deviation), count),
    magnitude: Math.sqrt(changeSquares / dualSquares),
    mean,
    deviation,
  };
}

function outsidePlace({ domain }: Potential, weights: Float64Array | Float32Array): number | null {
  const place = weights.findIndex((weight) => !isInside(domain, weight));
  return place < 0 ? null : place;
}

/** counts[k] = how many z have x_{k−1} ≤ z < x_k; counts[1000] those at or beyond 5. */
export function cellCounts(changes: Float64Array, count: number, centre: number, deviation: number): Int32Array {
  const counts = new Int32Array(GRID_POINTS + 1);
  for (let i = 0; i < count; i++) {
    const z = (changes[i] - centre) / deviation;
    let cell = z < -GRID_END ? 0 : z >= GRID_END ? GRID_POINTS : Math.floor((z + GRID_END) / GRID_STEP) + 1;
    // The division rounds; the comparison with the grid itself decides.
    while (cell < GRID_POINTS && GRID[cell] <= z) cell++;
    while (cell > 0 && GRID[cell - 1] > z) cell--;
    counts[cell]++;
  }
  return counts;
}

function distanceToNormal(counts: Int32Array, count: number): number {
  let below = 0;
  let distance = 0;
  for (let k = 0; k < GRID_POINTS; k++) {
    below += counts[k];
    distance += Math.abs(below / count - NORMAL_AT_GRID[k]);
  }
  return distance * (GRID[1] - GRID[0]);
}
