/** Weights before learning, from those after it: which starts and changes of a geometry give the observed sizes. */

import type { Potential } from "../geometry/index.ts";
import {
  fitNormalMixture,
  kolmogorovCritical,
  kolmogorovDistance,
  type SmearedPoints,
  smearedCdf,
  wassersteinCritical,
  wassersteinDistance,
} from "../inference/index.ts";
import type { Random } from "../random.ts";
import {
  commonChange,
  inDual,
  largestChange,
  type Model,
  type Observed,
  observedOf,
  RATIOS,
  startFor,
} from "./initial-laws.ts";
import type { Row, RunTools } from "./run-kind.ts";

export interface InitialWeightsOptions {
  /** Of the continuum, λ ≥ 0. */
  readonly potential: Potential;
  /** How many sizes of change the distance is taken at. */
  readonly widths: number;
  /** How often the synapses are drawn again, with replacement, for the intervals of W₁; 0 for none. */
  readonly resamples: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: RunTools["onProgress"];
}

const BINS = 32;

export interface InitialWeights {
  readonly rows: readonly Row[];
  /** What keeps an answer from being one, each as the end of a sentence; also in the row of its start. */
  readonly doubts: readonly string[];
}

/**
 * Lines of results, by `part`:
 *
 * - `sizes`: what is observed, and which W₁ chance alone exceeds in 5 of 100 cases;
 * - `fit`, one for each start: σ of the change in the dual, distances to the observed sizes, share of weights below zero, `doubt`,
 *   null where there is none, and between which W₁ 95 % of resamples lie when the start is found again for each, null without them;
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
export async function initialWeights(
  sizes: Float64Array,
  options: InitialWeightsOptions,
): Promise<InitialWeights> {
  const { potential, widths, random } = options;
  const observed = observedOf(sizes.toSorted(), potential);
  const mixture = fitNormalMixture(observed.weights.map(Math.log));
  const models = [commonChange(observed, mixture), largestChange(observed)];
  const intervals = await resampledDistances(sizes, models, options);
  const curve = widthRows(observed, widths);
  const unsettled = curve.filter(({ isSettled }) => !isSettled).length;
  const rows = [
    sizesRow(observed, random),
    ...models.map((model, k) => ({ ...fitRow(observed, model), ...intervals[k] })),
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

function distanceTo({ potential, weights }: Observed, law: SmearedPoints): number {
  const cdf = smearedCdf(law);
  const weightAt = (dual: number) => potential.inverseMirrorMap(dual, 1);
  const { points, deviation } = law;
  const ends = {
    low: weightAt(points[0] - 6 * deviation),
    high: weightAt(points[points.length - 1] + 6 * deviation),
  };
  return wassersteinDistance(weights, (weight) => cdf(potential.mirrorMap(weight)), ends);
}

/** Of each model, with its σ kept, except in that of two points, where the mixture is fitted again. */
async function resampledDistances(
  sizes: Float64Array,
  models: readonly Model[],
  { potential, resamples, random, signal, onProgress }: InitialWeightsOptions,
): Promise<readonly Row[]> {
  const draws = random.stream("resamples");
  const distances = models.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    const drawn = sizes.map(() => sizes[draws.integer(sizes.length)]).sort();
    const observed = observedOf(drawn, potential);
    models.forEach(({ start, law }, m) => {
      const again =
        start === "two points"
          ? inDual(fitNormalMixture(observed.weights.map(Math.log)))
          : startFor(observed, law.deviation);
      distances[m][k] = distanceTo(observed, again);
    });
    onProgress?.({ done: k + 1, total: resamples, label: "resamples" });
    // Lets a signal through.
    await new Promise((resume) => setTimeout(resume, 0));
    signal?.throwIfAborted();
  }
  return distances.map((found) => {
    const beyond = Math.floor(0.025 * resamples);
    const sorted = found.sort();
    return {
      wassersteinLow: sorted[beyond] ?? null,
      wassersteinHigh: sorted[resamples - 1 - beyond] ?? null,
    };
  });
}

function fitRow(observed: Observed, { start, law, doubt }: Model): Row {
  const { duals, spread } = observed;
  const { deviation } = law;
  const cdf = smearedCdf(law);
  return {
    part: "fit",
    start,
    deviation,
    ratio: deviation / spread,
    distance: kolmogorovDistance(duals, cdf),
    wasserstein: distanceTo(observed, law),
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
