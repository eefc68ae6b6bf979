/** The Student-t law of dual changes with its location and scale fitted within each group. */

import { logGamma } from "./special-functions.ts";

/** ν looked at; Infinity is the Gaussian. */
export const DEGREES_OF_FREEDOM = [2, 4, 8, Number.POSITIVE_INFINITY] as const;

/** Location μ_g and scale σ_g of each group, and the log-likelihood summed over groups (without a Jacobian). */
export interface StudentFit {
  readonly degreesOfFreedom: number;
  readonly location: Float64Array;
  readonly scale: Float64Array;
  readonly logLikelihood: number;
}

/** A group of fewer changes has no law to be fitted. */
export const SMALLEST_GROUP = 3;
const SMALLEST_SCALE = 1e-9;
const ITERATIONS = 200;
const LARGE_PRODUCT = 1e100;
/** Of the variance: an error of 1e-6 moves the log-likelihood by n·1e-12. */
const RELATIVE_TOLERANCE = 1e-6;

/**
 * Maximum likelihood of μ_g and σ_g for fixed ν.
 *
 * EM with weights (ν + 1)/(ν + ε²) and the parameter-expanded scale step σ² = Σ w(d − μ)²/Σ w.
 * Groups of fewer than three changes add nothing. σ_g is kept above 1e-9 of the RMS change, so that changes that are
 * all the same give a finite peak. EM begins at `start`, or at the Gaussian fit.
 *
 * @see Kent, Tyler & Vardi 1994, doi:10.1080/03610919408813175
 */
export function fitStudent(
  changes: Float64Array,
  groupStart: Int32Array,
  degreesOfFreedom: number,
  start?: StudentFit,
): StudentFit {
  const groups = groupStart.length - 1;
  const location = new Float64Array(groups);
  const scale = new Float64Array(groups);
  let logLikelihood = 0;
  for (let g = 0; g < groups; g++) {
    const from = groupStart[g];
    const to = groupStart[g + 1];
    if (to - from < SMALLEST_GROUP) continue;
    if (degreesOfFreedom === Number.POSITIVE_INFINITY || !(start && start.scale[g] > 0)) {
      const gaussian = gaussianFit(changes, from, to);
      location[g] = gaussian.location;
      scale[g] = gaussian.scale;
    } else {
      location[g] = start.location[g];
      scale[g] = start.scale[g];
    }
    if (degreesOfFreedom !== Number.POSITIVE_INFINITY) {
      iterate(changes, from, to, degreesOfFreedom, g, location, scale);
    }
    scale[g] = Math.max(scale[g], SMALLEST_SCALE * rootMeanSquare(changes, from, to));
    logLikelihood += logDensitySum(changes, from, to, degreesOfFreedom, location[g], scale[g]);
  }
  return { degreesOfFreedom, location, scale, logLikelihood };
}

function rootMeanSquare(changes: Float64Array, from: number, to: number): number {
  let squares = 0;
  for (let k = from; k < to; k++) squares += changes[k] * changes[k];
  return Math.sqrt(squares / (to - from));
}

function gaussianFit(changes: Float64Array, from: number, to: number): { location: number; scale: number } {
  const count = to - from;
  let sum = 0;
  for (let k = from; k < to; k++) sum += changes[k];
  const location = sum / count;
  return { location, scale: Math.sqrt(squaresAbout(changes, from, to, location) / count) };
}

function iterate(
  changes: Float64Array,
  from: number,
  to: number,
  degreesOfFreedom: number,
  group: number,
  location: Float64Array,
  scale: Float64Array,
): void {
  let mean = location[group];
  let variance = scale[group] * scale[group];
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const precision = 1 / variance;
    let weights = 0;
    let weighted = 0;
    let squares = 0;
    for (let k = from; k < to; k++) {
      const residual = changes[k] - mean;
      const weight = 1 / (degreesOfFreedom + residual * residual * precision);
      weights += weight;
      weighted += weight * residual;
      squares += weight * residual * residual;
    }
    const shift = weighted / weights;
    const next = squares / weights - shift * shift;
    mean += shift;
    const settled =
      Math.abs(next - variance) < RELATIVE_TOLERANCE * variance &&
      shift * shift < RELATIVE_TOLERANCE ** 2 * variance;
    variance = next;
    if (settled || !(variance > 0)) break;
  }
  location[group] = mean;
  scale[group] = Math.sqrt(variance);
}

function logDensitySum(
  changes: Float64Array,
  from: number,
  to: number,
  degreesOfFreedom: number,
  location: number,
  scale: number,
): number {
  if (!(scale > 0) || !Number.isFinite(scale)) return Number.NEGATIVE_INFINITY;
  const { constant, power } = logConstants(degreesOfFreedom);
  const base = (to - from) * (constant - Math.log(scale));
  const precision = 1 / (scale * scale);
  if (power === null) return base - 0.5 * precision * squaresAbout(changes, from, to, location);
  const share = precision / degreesOfFreedom;
  let [logs, product] = [0, 1];
  for (let k = from; k < to; k++) {
    const residual = changes[k] - location;
    product *= 1 + residual * residual * share;
    // One logarithm for many factors, each of which is at most n·1e18 (see SMALLEST_SCALE).
    if (product > LARGE_PRODUCT) {
      logs += Math.log(product);
      product = 1;
    }
  }
  return base - power * (logs + Math.log(product));
}

function squaresAbout(changes: Float64Array, from: number, to: number, location: number): number {
  let squares = 0;
  for (let k = from; k < to; k++) squares += (changes[k] - location) ** 2;
  return squares;
}

/** ln f_ν((d − μ_g)/σ_g) − ln σ_g of every change; 0 in groups too small to be fitted. */
export function studentLogDensities(
  changes: Float64Array,
  groupStart: Int32Array,
  fit: StudentFit,
  out: Float64Array,
): Float64Array {
  out.fill(0);
  for (let g = 0; g + 1 < groupStart.length; g++) {
    if (groupStart[g + 1] - groupStart[g] < SMALLEST_GROUP) continue;
    const { constant, power } = logConstants(fit.degreesOfFreedom);
    const base = constant - Math.log(fit.scale[g]);
    for (let k = groupStart[g]; k < groupStart[g + 1]; k++) {
      const square = ((changes[k] - fit.location[g]) / fit.scale[g]) ** 2;
      out[k] = base - (power === null ? 0.5 * square : power * Math.log1p(square / fit.degreesOfFreedom));
    }
  }
  return out;
}

function logConstants(degreesOfFreedom: number): { constant: number; power: number | null } {
  if (degreesOfFreedom === Number.POSITIVE_INFINITY)
    return { constant: -0.5 * Math.log(2 * Math.PI), power: null };
  const half = degreesOfFreedom / 2;
  const constant = logGamma(half + 0.5) - logGamma(half) - 0.5 * Math.log(degreesOfFreedom * Math.PI);
  return { constant, power: half + 0.5 };
}
