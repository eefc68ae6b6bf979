/** A discrete law to which an independent normal change is added: weights after learning, in the dual. */

import { normalCdf } from "./special-functions.ts";

export interface SmearedPoints {
  /** In growing order. */
  readonly points: Float64Array;
  /** Of each point; their sum is 1. */
  readonly shares: Float64Array;
  /** σ > 0 of the change. */
  readonly deviation: number;
}

/** Beyond so many σ a normal is 0 or 1 to the last digit. */
const FAR = 9;

/** F(x) = Σ pₖ Φ((x − tₖ)/σ), as a function that is cheap to ask often. */
export function smearedCdf({ points, shares, deviation }: SmearedPoints): (x: number) => number {
  const below = new Float64Array(points.length + 1);
  for (let k = 0; k < points.length; k++) below[k + 1] = below[k] + shares[k];
  return (x) => {
    const from = firstAbove(points, x - FAR * deviation);
    let sum = below[from];
    for (let k = from; k < points.length && points[k] < x + FAR * deviation; k++) {
      sum += shares[k] * normalCdf((x - points[k]) / deviation);
    }
    return sum;
  };
}

/** The place of the first point that is not below `bound`. */
export function firstAbove(points: Float64Array, bound: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
