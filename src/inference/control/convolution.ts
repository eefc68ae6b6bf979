/** The exponent by likelihood when noise and fluctuation, known from a control, blur the change of learning. */

import { normalCdf } from "../special-functions.ts";
import { LAWS, type LikelihoodWithControl, likelierFit, logShare, logSum } from "./activity-mixture.ts";
import { type ControlPairs, type SizedPairs, SMALLEST_SIZE } from "./control-pairs.ts";
import { fromPower, powerDual, SMALLEST_EXPONENT } from "./dual-step.ts";
import { maximiseStacked, type StackedLikelihood } from "./stacked-likelihood.ts";
import type { VarianceWithControl } from "./variance-with-control.ts";

/** Shares of the control variance that arise at the second and at the first reading. */
const SECOND_READING = 0.7;
const FIRST_READING = 0.3;
/** Most that learning can stretch the noise of the first reading, as a variance. */
const MOST_STRETCH = 25;
const GAUSSIAN_BINS = 32;
const GAUSSIAN_END = 4;
const STUDENT_BINS = 41;
const STUDENT_END = 15;
const STUDENT_CURVE = 3.5;
/** Beyond this many SDs a bin adds nothing. */
const REACH = 8;
/** A bin wider than this many SDs of the blur is cut into pieces. */
const WIDE = 0.7;
const MOST_PIECES = 24;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Added to every density: what lies beyond the reach is not impossible. */
const SMALLEST = 1e-14;

/** The law of z cut into bins: edges, and the share of each bin. */
interface Law {
  readonly cumulative: (z: number) => number;
  readonly edges: Float64Array;
  readonly shares: Float64Array;
}

const BINS: { readonly [L in (typeof LAWS)[number]]: Law } = {
  gaussian: binned(
    Float64Array.from({ length: GAUSSIAN_BINS + 1 }, (_, k) => GAUSSIAN_END * ((2 * k) / GAUSSIAN_BINS - 1)),
    normalCdf,
  ),
  "student-4": binned(
    Float64Array.from(
      { length: STUDENT_BINS + 1 },
      (_, k) =>
        (STUDENT_END * Math.sinh(STUDENT_CURVE * ((2 * k) / STUDENT_BINS - 1))) / Math.sinh(STUDENT_CURVE),
    ),
    cumulativeStudent4,
  ),
};

/** F(z) = ½ + ¾ (s − s³/3), s = z/√(4 + z²). */
function cumulativeStudent4(z: number): number {
  const s = z === Number.POSITIVE_INFINITY ? 1 : z / Math.sqrt(4 + z * z);
  return 0.5 + 0.75 * (s - (s * s * s) / 3);
}

function binned(edges: Float64Array, cumulative: (z: number) => number): Law {
  const below = edges.map(cumulative);
  return { cumulative, edges, shares: edges.subarray(1).map((_, k) => below[k + 1] - below[k]) };
}

/**
 * λ̂ from the convolution likelihood with a control group.
 *
 * learning: p(w¹|w⁰) = Σ_k ω_k N(w¹; (1+m) u, V_k) averaged over u between u_k and u_{k+1}, u_k = ψ_λ⁻¹(ψ_λ(w⁰) + μ + σ z_k);
 * V_k = .7 (A + C u²) + .3 (A + C w⁰²)·min((w⁰/u)^{2(λ−1)}, 25); control: N(δ; m w⁰, A + C w⁰²).
 * The law of z is Gaussian (32 bins) or t₄ (41 bins, finer in the middle), whichever is likelier. Weights may cross zero.
 * With `selective` only some take part: π_i p + (1 − π_i) N(δ; m w⁰, A + C w⁰²), logit π_i = a + b (ln w⁰ − mean).
 * θ = (λ, μ, ln σ, m, ln A, ln C[, a, b]).
 */
export function convolutionWithControl(
  pairs: ControlPairs,
  variance: VarianceWithControl,
  selective: boolean,
): LikelihoodWithControl {
  const start = startPoint(variance, selective);
  const fits = LAWS.map((law) => {
    const rough = maximiseStacked(convolutionLikelihood(pairs, law, selective, start), start);
    const likelihood = convolutionLikelihood(pairs, law, selective, rough.point);
    return { law, likelihood, best: maximiseStacked(likelihood, rough.point) };
  });
  return likelierFit(fits, pairs, selective ? 7 : null);
}

function startPoint({ parameters, learningMean, controlMean }: VarianceWithControl, selective: boolean) {
  return [
    Math.min(2, Math.max(-0.5, parameters.exponent)),
    learningMean[0] + learningMean[1] - controlMean[0] - controlMean[1],
    0.5 * Math.log(parameters.learning),
    Math.min(0.5, Math.max(-0.5, controlMean[1])),
    Math.log(parameters.additive),
    Math.log(parameters.multiplicative),
    ...(selective ? [1, 0] : []),
  ];
}

export function convolutionLikelihood(
  { learning, control }: ControlPairs,
  law: (typeof LAWS)[number],
  selective: boolean,
  near: readonly number[],
): StackedLikelihood {
  const meanLog = learning.logSize.reduce((sum, x) => sum + x, 0) / learning.count;
  const blurred = blurredDensity(BINS[law], learning, blurOf(near));
  return {
    count: learning.count + control.count,
    low: [-2.5, -10, -7, -0.9, -18, -18, ...(selective ? [-6, -10] : [])],
    high: [5.5, 10, 3, 2, 6, 6, ...(selective ? [6, 10] : [])],
    contributions: (point, out) => {
      const blur = blurOf(point);
      const density = blurred(blur);
      for (let i = 0; i < learning.count; i++) {
        const active = Math.log(density(i) + SMALLEST);
        if (!selective) {
          out[i] = active;
          continue;
        }
        const odds = point[6] + point[7] * (learning.logSize[i] - meanLog);
        out[i] = logSum(logShare(odds) + active, logShare(-odds) + logStill(learning, i, blur));
      }
      for (let i = 0; i < control.count; i++) out[learning.count + i] = logStill(control, i, blur);
    },
  };
}

function blurOf([
  exponent,
  mean,
  logSpread,
  growth,
  logAdditive,
  logMultiplicative,
]: readonly number[]): Blur {
  return {
    exponent,
    mean,
    spread: Math.exp(logSpread),
    growth,
    additive: Math.exp(logAdditive),
    multiplicative: Math.exp(logMultiplicative),
  };
}

/** ln N(δ; m w⁰, A + C w⁰²) */
function logStill({ change, size }: SizedPairs, i: number, blur: Blur): number {
  const variance = blur.additive + blur.multiplicative * size[i] * size[i];
  return -0.5 * (Math.log(2 * Math.PI * variance) + (change[i] - blur.growth * size[i]) ** 2 / variance);
}

/** What the density of a final weight depends on beside the initial weight. */
interface Blur {
  readonly exponent: number;
  readonly mean: number;
  readonly spread: number;
  readonly growth: number;
  readonly additive: number;
  readonly multiplicative: number;
}

/**
 * p(w¹_i|w⁰_i) for given parameters.
 *
 * Bins wider than the blur are cut; into how many pieces is settled once, from parameters near the maximum, so that the
 * likelihood has no steps.
 */
function blurredDensity({ edges, shares, cumulative }: Law, pairs: SizedPairs, near: Blur) {
  const places = new Float64Array(edges.length);
  const pieces = new Uint8Array(pairs.count * shares.length);
  for (let i = 0; i < pairs.count; i++) {
    placeEdges(places, edges, pairs, i, near);
    for (let k = 0; k < shares.length; k++) {
      pieces[i * shares.length + k] = piecesOf(near, places[k], places[k + 1], pairs, i);
    }
  }
  return (blur: Blur) => {
    const { growth, additive, multiplicative } = blur;
    return (i: number): number => {
      placeEdges(places, edges, pairs, i, blur);
      const [final, logSize] = [pairs.final[i], pairs.logSize[i]];
      const first = firstNoise(blur, pairs.size[i]);
      let density = 0;
      for (let k = 0; k < shares.length; k++) {
        const middle = 0.5 * (places[k] + places[k + 1]);
        const span = places[k + 1] - places[k];
        const gap = Math.abs(final - (1 + growth) * middle) - 0.5 * (1 + growth) * span;
        const largest = Math.abs(middle) + 0.5 * span;
        const most = SECOND_READING * (additive + multiplicative * largest * largest);
        const stretch = blur.exponent < 1 && largest < pairs.size[i] ? 1 : MOST_STRETCH;
        // Also true of bins without an end, whose width is infinite or not a number.
        if (!(Math.max(0, gap) ** 2 <= REACH * REACH * (most + stretch * first)) || !(span < 1e9)) continue;
        const cuts = pieces[i * shares.length + k];
        density +=
          cuts < 2
            ? shares[k] * blurredBin(blur, final, middle, span, logSize, first)
            : piecewise(blur, cumulative, final, logSize, first, places[k], span, cuts);
      }
      return density;
    };
  };
}

function firstNoise({ additive, multiplicative }: Blur, size: number): number {
  return FIRST_READING * (additive + multiplicative * size * size);
}

function piecesOf(blur: Blur, from: number, to: number, { size, logSize }: SizedPairs, i: number): number {
  const span = to - from;
  if (!(span < 1e9)) return 1;
  const variance = blurVariance(blur, 0.5 * (from + to), span, logSize[i], firstNoise(blur, size[i]));
  return Math.min(MOST_PIECES, Math.ceil(span / (WIDE * Math.sqrt(variance))));
}

/** Variance of the final reading given that learning led to a weight in a bin around `middle`. */
function blurVariance(
  { exponent, additive, multiplicative }: Blur,
  middle: number,
  span: number,
  logSize: number,
  first: number,
): number {
  // The mean square of u over the bin: smooth also where the bin holds 0.
  const square = middle * middle + (span * span) / 12 + SMALLEST_SIZE * SMALLEST_SIZE;
  const stretch = Math.exp((exponent - 1) * (2 * logSize - Math.log(square)));
  return SECOND_READING * (additive + multiplicative * square) + first * Math.min(MOST_STRETCH, stretch);
}

/** N(w¹; (1+m) u, V) averaged over a bin no wider than the blur, by its first two moments. */
function blurredBin(
  blur: Blur,
  final: number,
  middle: number,
  span: number,
  logSize: number,
  first: number,
): number {
  const width = (1 + blur.growth) * span;
  const gap = final - (1 + blur.growth) * middle;
  const total = blurVariance(blur, middle, span, logSize, first) + (width * width) / 12;
  return Math.exp((-0.5 * gap * gap) / total) / (ROOT_TWO_PI * Math.sqrt(total));
}

/** A bin that is wider than the blur, cut into equal pieces of u, each with its own share of the law. */
function piecewise(
  blur: Blur,
  cumulative: (z: number) => number,
  final: number,
  logSize: number,
  first: number,
  from: number,
  span: number,
  pieces: number,
): number {
  const { exponent, mean, spread } = blur;
  const start = powerDual(Math.exp(logSize), exponent) + mean;
  const piece = span / pieces;
  let density = 0;
  let below = cumulative((powerDual(from, exponent) - start) / spread);
  for (let j = 0; j < pieces; j++) {
    const above = cumulative((powerDual(from + (j + 1) * piece, exponent) - start) / spread);
    density += (above - below) * blurredBin(blur, final, from + (j + 0.5) * piece, piece, logSize, first);
    below = above;
  }
  return density;
}

function placeEdges(
  places: Float64Array,
  edges: Float64Array,
  { size, logSize }: SizedPairs,
  i: number,
  { exponent, mean, spread }: Blur,
): void {
  if (Math.abs(exponent) < SMALLEST_EXPONENT) {
    for (let k = 0; k < edges.length; k++) places[k] = size[i] * Math.exp(mean + spread * edges[k]);
    return;
  }
  const power = Math.exp(exponent * logSize[i]);
  for (let k = 0; k < edges.length; k++) {
    places[k] = fromPower(power + exponent * (mean + spread * edges[k]), exponent);
  }
}
