/** What the microscope adds: how large it is, and whether the change is beyond it. */

import type { ContinuumPairs } from "./dual-continuum.ts";
import { maximum } from "./profile-likelihood.ts";

/** SD of one reading of a weight w: τ(w)² = additive² + multiplicative²·w². `additive` has the unit of the weights. */
export interface NoiseLevels {
  readonly additive: number;
  readonly multiplicative: number;
}

/** Readings in units of their geometric mean, ordered by group, with the noise in the same unit. */
export interface NoisyPairs {
  readonly count: number;
  readonly initial: Float64Array;
  readonly final: Float64Array;
  readonly noise: NoiseLevels;
  readonly groupStart: Int32Array;
  readonly cluster: Int32Array | null;
  readonly clusterCount: number;
}

export function noisyPairs(pairs: ContinuumPairs, noise: NoiseLevels): NoisyPairs {
  const { count, sign, flipped, logInitial, logRatio, groupStart, cluster, clusterCount, logScale } = pairs;
  const initial = logInitial.map((value, k) => sign[k] * Math.exp(value));
  const final = initial.map((weight, k) => (flipped[k] === 1 ? -1 : 1) * weight * Math.exp(logRatio[k]));
  const scaled = { additive: noise.additive / Math.exp(logScale), multiplicative: noise.multiplicative };
  return { count, initial, final, noise: scaled, groupStart, cluster, clusterCount };
}

/**
 * Additive and multiplicative noise from two readings a, b of the same weights, by maximum likelihood.
 *
 * b − a ~ N(0, 2τ_a² + 2τ_m² ā²), ā = (a + b)/2. For a fixed ratio of the two the scale has a closed form, so that the
 * search is over one number. Pairs with a missing or absent (0) reading are left out; `used` says how many remain.
 */
export function noiseOfRepeats(
  first: Float64Array,
  second: Float64Array,
): NoiseLevels & { readonly used: number } {
  const squares: number[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i], second[i]];
    if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0 || b === 0) continue;
    squares.push((b - a) ** 2 / 2);
    sizes.push((0.5 * (a + b)) ** 2);
  }
  const used = squares.length;
  const typical = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, used);
  const parts = (share: number, i: number) => (1 - share) * typical + share * sizes[i];
  const scaleAt = (share: number) =>
    squares.reduce((sum, square, i) => sum + square / parts(share, i), 0) / used;
  const logLikelihood = (share: number) =>
    -used * Math.log(scaleAt(share)) - sizes.reduce((sum, _, i) => sum + Math.log(parts(share, i)), 0);
  // A share of exactly 1 divides by sizes that may be 0; the logistic scale comes within 1e-9 of both ends.
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  const share = logistic(maximum((x) => logLikelihood(logistic(x)), -20, 20, 1e-4));
  const scale = used > 0 ? scaleAt(share) : 0;
  return {
    additive: Math.sqrt(scale * (1 - share) * typical),
    multiplicative: Math.sqrt(scale * share),
    used,
  };
}

/** Comparison of the change with what the noise alone would give. */
export interface ChangeBeyondNoise {
  /** √(Σδ²/ΣV), V = 2τ_a² + τ_m²(w⁰² + w¹²) the variance of the difference of two readings: 1 when nothing changed. */
  readonly changeOverNoise: number;
  /** √ of the mean of δ²/V: the same pair by pair, which a few small weights with large changes can raise. */
  readonly localRatio: number;
  /** Whether the change exceeds the noise by four standard errors and by a tenth of its variance. */
  readonly beyond: boolean;
}

const STANDARD_ERRORS = 4;
const SMALLEST_SHARE = 0.1;

/** Is there any change beyond the noise, by the mean of δ²/V? `repeats` is the number of pairs the noise was estimated from; null when given. */
export function changeBeyondNoise(pairs: NoisyPairs, repeats: number | null): ChangeBeyondNoise {
  let [sum, squares, changes, variances] = [0, 0, 0, 0];
  for (let k = 0; k < pairs.count; k++) {
    const change = (pairs.final[k] - pairs.initial[k]) ** 2;
    const variance = readingVariances(pairs, k);
    const ratio = change / variance;
    sum += ratio;
    squares += ratio * ratio;
    changes += change;
    variances += variance;
  }
  const mean = sum / pairs.count;
  // A normalised χ²₁ has variance 2; the observed spread counts where the noise is broader than Gaussian.
  const spread = Math.max(2, Math.min(squares / pairs.count / (mean * mean) - 1, 20));
  const error = Math.sqrt(spread / pairs.count + (repeats === null ? 0 : spread / repeats));
  return {
    changeOverNoise: Math.sqrt(changes / variances),
    localRatio: Math.sqrt(mean),
    // Noise so small that its variance underflows is no noise beside any change.
    beyond:
      !Number.isFinite(mean) ||
      mean > 1 + Math.max(STANDARD_ERRORS * error, SMALLEST_SHARE / (1 - SMALLEST_SHARE)),
  };
}

/** Of the two readings as they are: a weight that changed its sign exactly has a mean of 0, but not readings without noise. */
function readingVariances({ initial, final, noise }: NoisyPairs, k: number): number {
  return 2 * noise.additive ** 2 + noise.multiplicative ** 2 * (initial[k] ** 2 + final[k] ** 2);
}

/** Variance of the difference of the two readings of pair k if the weight did not change, taken at their mean. */
export function noiseVariance({ initial, final, noise }: NoisyPairs, k: number): number {
  const middle = 0.5 * (initial[k] + final[k]);
  return 2 * noise.additive ** 2 + 2 * noise.multiplicative ** 2 * middle * middle;
}
