/** What was there before a normal change of known size: a law that is nowhere negative, by maximum likelihood. */

import { firstAbove, type SmearedPoints } from "./smeared-points.ts";

export interface Deconvolution extends SmearedPoints {
  /** How far the mean log-likelihood may still be from its maximum. */
  readonly gap: number;
  /** Whether that is 10⁻³ or less. */
  readonly isSettled: boolean;
}

/** Points of the law in one σ. */
const FINENESS = 5;
/** From a value, in σ, within which points explain it; φ there is 10⁻⁸ of its height. */
const REACH = 6;
/** From a value, in σ, within which there are points at all. */
const NEAR = 3;
const MOST_STEPS = 3000;
const SETTLED = 1e-3;
/** By which the power of the gains grows with each step that has made the values likelier, and where it ends. */
const GROWTH = 1.3;
const MOST_POWER = 100;
/** A point with a smaller share is none. */
const NOTHING = 1e-10;

/**
 * The law of t for which values x = t + N(0, σ²) are most likely, t ≥ low.
 *
 * t lies on a grid of σ/5 near the values; pⱼ ← pⱼ gⱼᵃ / Σₖ pₖ gₖᵃ with gⱼ = (1/n) Σᵢ Kᵢⱼ/(Σₖ Kᵢₖ pₖ). With a = 1 that is
 * Richardson–Lucy, expectation and maximisation; a grows as long as the values become likelier and is 1 again where they do not.
 * It ends where no point could raise the mean log-likelihood by more than 10⁻³, or after 3000 steps; `gap` says what is left.
 *
 * @param values     n ≥ 1 finite numbers in growing order, each ≥ low
 * @param deviation  σ > 0
 * @param low        no mass below it
 * @see Lucy 1974, doi:10.1086/111605; Laird 1978, doi:10.1080/01621459.1978.10480103
 */
export function deconvolve(values: Float64Array, deviation: number, low: number): Deconvolution {
  const points = pointsNear(values, deviation, low);
  const bands = bandsOf(values, points, deviation);
  let shares: Float64Array = new Float64Array(points.length).fill(1 / points.length);
  let [next, gains] = [shares, shares];
  let [power, likelihood, gap] = [1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let step = 0; step < MOST_STEPS && gap > SETTLED; step++) {
    const found = gainsOf(bands, next);
    if (found.logLikelihood > likelihood) {
      [shares, gains, likelihood] = [next, found.gains, found.logLikelihood];
      gap = gains.reduce((most, gain) => Math.max(most, gain), 0) - 1;
      power = Math.min(power * GROWTH, MOST_POWER);
    } else power = 1;
    next = raised(shares, gains, power);
  }
  const kept = Array.from(points.keys()).filter((j) => shares[j] > NOTHING);
  return {
    points: Float64Array.from(kept, (j) => points[j]),
    shares: Float64Array.from(kept, (j) => shares[j]),
    deviation,
    gap,
    isSettled: gap <= SETTLED,
  };
}

/** pⱼ gⱼᵃ, with the sum 1. */
function raised(shares: Float64Array, gains: Float64Array, power: number): Float64Array {
  const products = shares.map((share, j) => share * gains[j] ** power);
  const total = products.reduce((sum, product) => sum + product, 0);
  return products.map((product) => product / total);
}

/** low, low + σ/5, …, of these the ones near a value. */
function pointsNear(values: Float64Array, deviation: number, low: number): Float64Array {
  const spacing = deviation / FINENESS;
  const points: number[] = [];
  let next = 0;
  for (const value of values) {
    const from = Math.max(next, Math.ceil((value - NEAR * deviation - low) / spacing), 0);
    const to = Math.max(0, Math.floor((value + NEAR * deviation - low) / spacing));
    for (let k = from; k <= to; k++) points.push(low + k * spacing);
    next = Math.max(next, to + 1);
  }
  return Float64Array.from(points);
}

/** The kernel between each value and the points that can explain it, one value after the other. */
interface Bands {
  /** The first point of each value. */
  readonly first: Int32Array;
  /** Where its numbers begin in `kernel`; one more than values. */
  readonly offset: Int32Array;
  readonly kernel: Float64Array;
}

function bandsOf(values: Float64Array, points: Float64Array, deviation: number): Bands {
  const first = Int32Array.from(values, (value) => firstAbove(points, value - REACH * deviation));
  const offset = new Int32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    offset[i + 1] = offset[i] + firstAbove(points, values[i] + REACH * deviation) - first[i];
  }
  const kernel = new Float64Array(offset[values.length]);
  for (let i = 0; i < values.length; i++) {
    for (let k = offset[i]; k < offset[i + 1]; k++) {
      kernel[k] = Math.exp(-0.5 * ((values[i] - points[first[i] + k - offset[i]]) / deviation) ** 2);
    }
  }
  return { first, offset, kernel };
}

/** (1/n) Σᵢ Kᵢⱼ/(Σₖ Kᵢₖ pₖ) of each point, and the mean log-likelihood (1/n) Σᵢ ln Σₖ Kᵢₖ pₖ. */
function gainsOf({ first, offset, kernel }: Bands, shares: Float64Array) {
  const gains = new Float64Array(shares.length);
  const n = first.length;
  let logLikelihood = 0;
  for (let i = 0; i < n; i++) {
    const shift = first[i] - offset[i];
    let density = 0;
    for (let k = offset[i]; k < offset[i + 1]; k++) density += kernel[k] * shares[k + shift];
    logLikelihood += Math.log(density) / n;
    const scale = 1 / (n * density);
    for (let k = offset[i]; k < offset[i + 1]; k++) gains[k + shift] += kernel[k] * scale;
  }
  return { gains, logLikelihood };
}
