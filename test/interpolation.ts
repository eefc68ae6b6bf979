/** Linear regression with more weights than samples, and where mirror descent takes it: by duality, without learning. */

import type { Potential } from "../src/geometry/index.ts";
import type { Random } from "../src/random.ts";

export interface Regression {
  /** X, [N, D], row-major. */
  readonly inputs: Float64Array;
  /** y, length N. */
  readonly labels: Float64Array;
}

/** Inputs i.i.d. uniform with mean 0 and variance 1, labels ±1 at random. */
export function drawRegression(samples: number, weights: number, random: Random): Regression {
  const draws = random.stream("inputs");
  const signs = random.stream("labels");
  return {
    inputs: Float64Array.from({ length: samples * weights }, () => Math.sqrt(12) * (draws.uniform() - 0.5)),
    labels: Float64Array.from({ length: samples }, () => (signs.uniform() < 0.5 ? -1 : 1)),
  };
}

/** y − Xw, length N. */
export function residuals({ inputs, labels }: Regression, weights: Float64Array): Float64Array {
  return labels.map((label, n) => {
    let miss = label;
    for (let i = 0; i < weights.length; i++) miss -= inputs[n * weights.length + i] * weights[i];
    return miss;
  });
}

/**
 * The interpolating weights that are closest to the initial ones in the Bregman divergence of φ.
 *
 * φ′(w) = φ′(initial) + Xᵀλ with Xw = y: Newton's method on the N numbers λ, whose Jacobian is X diag(1/φ″(w)) Xᵀ. A step
 * that does not bring Xw nearer to y is halved.
 *
 * @returns  w, length D, with |y − Xw| < 1e-12
 */
export function nearestInterpolation(
  regression: Regression,
  initial: Float64Array,
  potential: Potential,
): Float64Array {
  let multipliers = new Float64Array(regression.labels.length);
  let weights = initial;
  let misses = residuals(regression, weights);
  for (let iteration = 0; largest(misses) > 1e-12; iteration++) {
    if (iteration === 100) throw new Error(`no interpolation after 100 steps: off by ${largest(misses)}`);
    const step = solve(tangentKernel(regression.inputs, weights, potential), misses);
    for (let share = 1; ; share /= 2) {
      if (share < 1e-10) throw new Error(`no step brings the interpolation nearer than ${largest(misses)}`);
      const tried = multipliers.map((multiplier, n) => multiplier + share * step[n]);
      const moved = moveInDual(regression.inputs, initial, tried, potential);
      const left = residuals(regression, moved);
      if (norm(left) >= norm(misses)) continue;
      [multipliers, weights, misses] = [tried, moved, left];
      break;
    }
  }
  return weights;
}

export const norm = (values: Float64Array) => Math.hypot(...values);

const largest = (values: Float64Array) => Math.max(...values.map(Math.abs));

/** (φ′)⁻¹(φ′(initial) + Xᵀλ). */
function moveInDual(
  inputs: Float64Array,
  initial: Float64Array,
  multipliers: Float64Array,
  potential: Potential,
): Float64Array {
  const duals = initial.map(potential.mirrorMap);
  for (let n = 0; n < multipliers.length; n++) {
    for (let i = 0; i < duals.length; i++) duals[i] += multipliers[n] * inputs[n * duals.length + i];
  }
  return duals.map((dual, i) => potential.inverseMirrorMap(dual, initial[i] < 0 ? -1 : 1));
}

/** X diag(1/φ″(w)) Xᵀ, as rows. */
function tangentKernel(inputs: Float64Array, weights: Float64Array, potential: Potential): Float64Array[] {
  const size = weights.length;
  const mobility = weights.map((weight) => 1 / potential.curvature(weight));
  const rows = Array.from({ length: inputs.length / size }, (_, n) =>
    inputs.subarray(n * size, (n + 1) * size),
  );
  const kernel = rows.map(() => new Float64Array(rows.length));
  for (const [n, row] of rows.entries()) {
    const scaled = row.map((value, i) => value * mobility[i]);
    for (let m = 0; m <= n; m++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += scaled[i] * rows[m][i];
      kernel[n][m] = sum;
      kernel[m][n] = sum;
    }
  }
  return kernel;
}

/** Gaussian elimination; the matrix is positive definite, so no rows change places. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const rows = matrix.map((row, n) => Float64Array.of(...row, right[n]));
  const size = rows.length;
  for (let pivot = 0; pivot < size; pivot++) {
    for (let n = pivot + 1; n < size; n++) {
      const factor = rows[n][pivot] / rows[pivot][pivot];
      for (let m = pivot; m <= size; m++) rows[n][m] -= factor * rows[pivot][m];
    }
  }
  const solution = new Float64Array(size);
  for (let n = size - 1; n >= 0; n--) {
    let sum = rows[n][size];
    for (let m = n + 1; m < size; m++) sum -= rows[n][m] * solution[m];
    solution[n] = sum / rows[n][n];
  }
  return solution;
}
