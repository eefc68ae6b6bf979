/** The numbers behind the figures of a fit. */

import { type Potential, parsePotential, potentialOfExponent } from "../geometry/index.ts";
import type { Random } from "../random.ts";
import { activityMixture, activityOf } from "./control/activity-mixture.ts";
import { controlPairs, type SizedPairs } from "./control/control-pairs.ts";
import { controlScale } from "./control/control-scale.ts";
import { DELTA_CDF_FLOOR, deltaCdf } from "./delta-cdf.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { drawnPositions, rankEstimate } from "./estimate.ts";
import type { GeometryFit } from "./geometry-fit.ts";
import type { ControlPoint, DualHistogram, GeometryPicture } from "./geometry-picture.ts";
import { type PairedWeights, restrictPairs, usablePlaces } from "./paired-weights.ts";
import { detailAround } from "./profile-likelihood.ts";
import { independenceTest } from "./rank-independence.ts";

const SAMPLE = 3000;
const PICTURE_PAIRS = 50_000;
const HISTOGRAM_BINS = 50;
const HISTOGRAM_END = 5;
const CONTINUUM = { high: 3, step: 0.05 } as const;
const INDEPENDENCE = { low: -1.5, high: 4, step: 0.1 } as const;

/** Takes at most 50,000 pairs, drawn at random where there are more; the floor is that of the pairs taken. */
export function pictureOf(
  pairs: PairedWeights,
  fit: GeometryFit,
  random: Random,
  control: PairedWeights | null = null,
): GeometryPicture {
  const usable = usablePlaces(pairs);
  const places = atMost(usable, PICTURE_PAIRS, random.stream("picture"));
  const taken = restrictPairs(pairs, places, pairs.source);
  const root = Math.sqrt(places.length);
  return {
    sample: sampleOf(pairs, usable, random.stream("sample")),
    histograms: fit.potentials.flatMap(({ name }) => histogramOf(parsePotential(name), taken) ?? []),
    continuum: steps(0, CONTINUUM.high, CONTINUUM.step).map((exponent) => {
      const measure = deltaCdf(potentialOfExponent(exponent), taken.initial, taken.final);
      return measure.status === "ok"
        ? { exponent, deltaCdf: measure.uncentred, deltaCdfCentred: measure.centred }
        : { exponent, deltaCdf: null, deltaCdfCentred: null };
    }),
    floor: { expected: DELTA_CDF_FLOOR.uncentred / root, upper: DELTA_CDF_FLOOR.upper / root },
    independence: independenceOf(pairs, places, fit, random),
    pairs: places.length,
    control: control === null ? null : controlOf(pairs, control, random.stream("control")),
  };
}

function controlOf(pairs: PairedWeights, control: PairedWeights, random: Random): GeometryPicture["control"] {
  const few = (group: PairedWeights, name: string) =>
    restrictPairs(group, atMost(usablePlaces(group), SAMPLE, random.stream(name)), group.source);
  const both = controlPairs(few(pairs, "learning"), few(control, "control"));
  const activity = activityOf(both, activityMixture(both, controlScale(both.control)));
  const points = ({ initial, change }: SizedPairs, active: Float64Array | null): ControlPoint[] =>
    Array.from(initial, (size, i) => ({
      size: size * both.scale,
      change: change[i] * both.scale,
      activity: active === null ? null : active[i],
    }));
  return { learning: points(both.learning, activity), control: points(both.control, null) };
}

function atMost(places: Int32Array, most: number, random: Random): Int32Array {
  return places.length <= most ? places : drawnPositions(places.length, most, random).map((k) => places[k]);
}

function steps(low: number, high: number, step: number): number[] {
  return Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) =>
    Number((low + k * step).toFixed(6)),
  );
}

function sampleOf(pairs: PairedWeights, usable: Int32Array, random: Random): GeometryPicture["sample"] {
  const places = Array.from(atMost(usable, SAMPLE, random));
  const { group } = pairs;
  return {
    initial: places.map((i) => pairs.initial[i]),
    final: places.map((i) => pairs.final[i]),
    group: group && places.map((i) => group.names[group.index[i]]),
    of: usable.length,
  };
}

function histogramOf(potential: Potential, { initial, final }: PairedWeights): DualHistogram | null {
  const changes = new Float64Array(initial.length);
  const measure = deltaCdf(potential, initial, final, { changes });
  if (measure.status !== "ok") return null;
  const width = (2 * HISTOGRAM_END) / HISTOGRAM_BINS;
  const counts = new Float64Array(HISTOGRAM_BINS);
  let beyond = 0;
  for (const change of changes) {
    const bin = Math.floor((change / measure.deviation + HISTOGRAM_END) / width);
    if (bin < 0 || bin >= HISTOGRAM_BINS) beyond++;
    else counts[bin]++;
  }
  return {
    potential: potential.name,
    edges: steps(-HISTOGRAM_END, HISTOGRAM_END, width),
    density: Array.from(counts, (count) => count / changes.length / width),
    beyond: beyond / changes.length,
  };
}

function independenceOf(pairs: PairedWeights, places: Int32Array, { exponent }: GeometryFit, random: Random) {
  const { estimate, low, high, level } = exponent;
  const regular = steps(INDEPENDENCE.low, INDEPENDENCE.high, INDEPENDENCE.step);
  const detail = estimate === null ? [] : detailAround(estimate, low, high);
  const changed = places.filter((i) => pairs.initial[i] !== pairs.final[i]);
  const continuum = continuumPairs(pairs, changed);
  const { critical, scores } = rankEstimate(continuum, level, random.stream("permutations"));
  const test = independenceTest(continuum, scores);
  return {
    critical,
    points: [...regular, ...detail]
      .sort((a, b) => a - b)
      .map((place) => ({ exponent: place, statistic: test.at(place) })),
  };
}
