/** Weights before learning, from those after it: which starts and changes of a geometry give the observed sizes. */

import { type Potential, parsePotential } from "../geometry/index.ts";
import {
  type Deconvolution,
  deconvolve,
  fitNormalMixture,
  kolmogorovCritical,
  kolmogorovDistance,
  type NormalMixture,
  type SmearedPoints,
  smearedCdf,
  wassersteinCritical,
  wassersteinDistance,
} from "../inference/index.ts";
import type { Random } from "../random.ts";
import type { Row } from "./run-kind.ts";

export interface InitialWeightsOptions {
  /** Of the continuum, λ ≥ 0. */
  readonly potential: Potential;
  /** How many sizes of change the distance is taken at. */
  readonly widths: number;
  readonly random: Random;
}

/** More values are stood for by as many of their quantiles. */
const MOST_VALUES = 2000;
/** Sizes of change that are looked at, in SDs of the observed dual weights. */
const RATIOS = { low: 0.002, high: 1.5 } as const;
const HALVINGS = 11;
const BINS = 32;

/** How a model's weights come about; the words stand in the results. */
export type Start = "two points" | "largest change" | "smallest change" | "same change";

export interface InitialWeights {
  readonly rows: readonly Row[];
  /** What keeps an answer from being one, each as the end of a sentence; also in the row of its start. */
  readonly doubts: readonly string[];
}

/**
 * Lines of results, by `part`:
 *
 * - `sizes`: what is observed, and which W₁ chance alone exceeds in 5 of 100 cases;
 * - `fit`, one for each start: σ of the change in the dual, distances to the observed sizes, share of weights below zero, and
 *   `doubt`, null where there is none;
 * - `point`: the two points from which the negative entropy begins;
 * - `bin`, for each start: shares of the initial, final and observed weights in bins of log size;
 * - `width`: the distance for each size of change.
 *
 * `two points` is a mixture of two log-normals of one σ, which is two sizes after a normal change of ln w; `largest change` has
 * the largest σ for which the most likely start that is nowhere negative stays within Kolmogorov's 5 % distance, and `smallest
 * change`, in its place, the least that is looked at where none does; `same change` has the σ that changes of that mixture have in the
 * dual of `potential`.
 *
 * @param sizes  n ≥ 4 finite numbers > 0
 * @throws InputError `too-few-values`
 */
export function initialWeights(
  sizes: Float64Array,
  { potential, widths, random }: InitialWeightsOptions,
): InitialWeights {
  const weights = representatives(sizes.toSorted());
  const mixture = fitNormalMixture(weights.map(Math.log));
  const observed = observedOf(weights, potential, sizes.length);
  const models = [commonChange(observed, mixture), largestChange(observed)];
  const curve = widthRows(observed, widths);
  const unsettled = curve.filter(({ isSettled }) => !isSettled).length;
  const rows = [
    sizesRow(observed, random),
    ...models.map((model) => fitRow(observed, model)),
    ...models.flatMap(({ start, law }) => (start === "two points" ? pointRows(law, potential) : [])),
    ...models.flatMap((model) => binRows(observed, model)),
    ...curve,
  ];
  const doubts = [
    ...models.flatMap(({ doubt }) => doubt ?? []),
    ...(unsettled > 0 ? [`${unsettled} of ${widths} distances are those of starts that did not settle`] : []),
  ];
  return { rows, doubts };
}

interface Model {
  readonly start: Start;
  readonly law: SmearedPoints;
  readonly doubt: string | null;
}

/** Two points under the negative entropy, and in other geometries a change as large as theirs. */
function commonChange(observed: Observed, mixture: NormalMixture): Model {
  const { exponent } = observed.potential;
  if (exponent === 0) return { start: "two points", law: inDual(mixture), doubt: null };
  const law = startFor(observed, changeIn(mixture, exponent ?? 1));
  return { start: "same change", law, doubt: unsettledWords(law, "that change") };
}

function representatives(sorted: Float64Array): Float64Array {
  const n = sorted.length;
  if (n <= MOST_VALUES) return sorted;
  return Float64Array.from(
    { length: MOST_VALUES },
    (_, k) => sorted[Math.floor(((k + 0.5) * n) / MOST_VALUES)],
  );
}

interface Observed {
  readonly potential: Potential;
  /** In growing order, as their duals. */
  readonly weights: Float64Array;
  readonly duals: Float64Array;
  /** SD of the duals. */
  readonly spread: number;
  /** How many were measured. */
  readonly count: number;
}

function observedOf(weights: Float64Array, potential: Potential, count: number): Observed {
  const duals = weights.map((weight) => potential.mirrorMap(weight));
  const mean = duals.reduce((sum, dual) => sum + dual, 0) / duals.length;
  const squares = duals.reduce((sum, dual) => sum + (dual - mean) ** 2, 0);
  return { potential, weights, duals, spread: Math.sqrt(squares / (duals.length - 1)), count };
}

/** Means of ln w as duals of the negative entropy, which has 1 more. */
const inDual = (mixture: NormalMixture): SmearedPoints => ({
  ...mixture,
  points: mixture.points.map((mean) => parsePotential("negative-entropy").mirrorMap(Math.exp(mean))),
});

/** √E(w₁^λ − w₀^λ)² for w₀ = exp(μₖ), w₁ = w₀ exp(σε): the size of the mixture's change in the dual of the (λ + 1)-norm. */
function changeIn({ points, shares, deviation }: NormalMixture, exponent: number): number {
  const spread = (exponent * deviation) ** 2;
  const factor = Math.exp(2 * spread) - 2 * Math.exp(spread / 2) + 1;
  return Math.sqrt(
    points.reduce((sum, mean, k) => sum + shares[k] * Math.exp(2 * exponent * mean) * factor, 0),
  );
}

/** The most likely start before a change of that σ: weights > 0. */
function startFor({ potential, duals }: Observed, deviation: number): Deconvolution {
  // What is below the least weight by more than 3 σ explains nothing.
  const low = potential.crossesZero ? potential.mirrorMap(0) : duals[0] - 3 * deviation;
  return deconvolve(duals, deviation, low);
}

const unsettledWords = ({ isSettled, gap }: Deconvolution, change: string) =>
  isSettled
    ? null
    : `the start before ${change} did not settle (its mean log-likelihood may be up to ${gap.toPrecision(2)} below the greatest)`;

/** By halving the range of ln σ; at its ends the search cannot tell, and says so. */
function largestChange(observed: Observed): Model {
  const critical = kolmogorovCritical(observed.count);
  const startAt = (ratio: number) => startFor(observed, ratio * observed.spread);
  const fits = (law: SmearedPoints) => kolmogorovDistance(observed.duals, smearedCdf(law)) <= critical;
  const [least, most] = [startAt(RATIOS.low), startAt(RATIOS.high)];
  if (!fits(least)) {
    const doubt = `no change fits, not even one of ${RATIOS.low} SD of the dual weights, and smaller ones are not looked at`;
    return { start: "smallest change", law: least, doubt };
  }
  if (fits(most)) {
    const doubt = `every change up to ${RATIOS.high} SD of the dual weights fits, and larger ones are not looked at`;
    return { start: "largest change", law: most, doubt };
  }
  let [low, high] = [Math.log(RATIOS.low), Math.log(RATIOS.high)];
  let law = least;
  for (let step = 0; step < HALVINGS; step++) {
    const ratio = (low + high) / 2;
    const tried = startAt(Math.exp(ratio));
    if (fits(tried)) [law, low] = [tried, ratio];
    else high = ratio;
  }
  return { start: "largest change", law, doubt: unsettledWords(law, "the largest change that fits") };
}

const sizesRow = ({ weights, count }: Observed, random: Random): Row => ({
  part: "sizes",
  count,
  least: weights[0],
  median: weights[weights.length >> 1],
  greatest: weights[weights.length - 1],
  critical: kolmogorovCritical(count),
  wassersteinCritical: wassersteinCritical(weights, count, random.stream("critical")),
});

/** Share of weights that the change has carried below zero. */
const belowZero = ({ potential }: Observed, cdf: (dual: number) => number) =>
  potential.crossesZero ? cdf(potential.mirrorMap(0)) : 0;

function fitRow(observed: Observed, { start, law, doubt }: Model): Row {
  const { potential, weights, duals, spread } = observed;
  const cdf = smearedCdf(law);
  const weightAt = (dual: number) => potential.inverseMirrorMap(dual, 1);
  const { points, deviation } = law;
  const ends = {
    low: weightAt(points[0] - 6 * deviation),
    high: weightAt(points[points.length - 1] + 6 * deviation),
  };
  return {
    part: "fit",
    start,
    deviation,
    ratio: deviation / spread,
    distance: kolmogorovDistance(duals, cdf),
    wasserstein: wassersteinDistance(weights, (weight) => cdf(potential.mirrorMap(weight)), ends),
    belowZero: belowZero(observed, cdf),
    doubt,
  };
}

const pointRows = ({ points, shares }: SmearedPoints, potential: Potential): readonly Row[] =>
  Array.from(points, (point, k) => ({
    part: "point",
    weight: potential.inverseMirrorMap(point, 1),
    share: shares[k],
  }));

/** From a third of the least weight to three times the greatest; initial weights below all bins are in the first. */
function binRows({ potential, weights }: Observed, { start, law }: Model): readonly Row[] {
  const [from, to] = [weights[0] / 3, weights[weights.length - 1] * 3];
  const edges = Array.from({ length: BINS + 1 }, (_, k) => from * (to / from) ** (k / BINS));
  const cdf = smearedCdf(law);
  const initialBelow = (weight: number) => {
    const dual = potential.mirrorMap(weight);
    return law.points.reduce((sum, point, k) => (point < dual ? sum + law.shares[k] : sum), 0);
  };
  const observedBelow = (weight: number) => weights.filter((each) => each < weight).length / weights.length;
  return edges.slice(1).map((high, k) => {
    const low = edges[k];
    return {
      part: "bin",
      start,
      low,
      high,
      initial: initialBelow(high) - (k === 0 ? 0 : initialBelow(low)),
      final: cdf(potential.mirrorMap(high)) - cdf(potential.mirrorMap(low)),
      observed: observedBelow(high) - observedBelow(low),
    };
  });
}

function widthRows(observed: Observed, widths: number): readonly Row[] {
  const { low, high } = RATIOS;
  return Array.from({ length: widths }, (_, k) => {
    const ratio = low * (high / low) ** (k / (widths - 1));
    const law = startFor(observed, ratio * observed.spread);
    const cdf = smearedCdf(law);
    return {
      part: "width",
      ratio,
      deviation: ratio * observed.spread,
      distance: kolmogorovDistance(observed.duals, cdf),
      belowZero: belowZero(observed, cdf),
      isSettled: law.isSettled,
    };
  });
}
