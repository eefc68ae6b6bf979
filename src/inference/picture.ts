/** The numbers behind the figures of a fit. */

import { parsePotential, potentialOfExponent } from "../geometry/index.ts";
import type { Random } from "../random.ts";
import { activityMixture, activityOf } from "./control/activity-mixture.ts";
import { controlPairs, type SizedPairs } from "./control/control-pairs.ts";
import { controlScale } from "./control/control-scale.ts";
import { DELTA_CDF_FLOOR, deltaCdf } from "./delta-cdf.ts";
import { dualChangesOf } from "./dual-changes.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { ordinalsOf, rankEstimate } from "./estimate.ts";
import type { GeometryFit } from "./geometry-fit.ts";
import type { ControlPoint, GeometryPicture } from "./geometry-picture.ts";
import { type PairedWeights, restrictPairs, usablePlaces } from "./paired-weights.ts";
import { detailAround } from "./profile-likelihood.ts";
import { independenceTest } from "./rank-independence.ts";

const SAMPLE = 3000;
const PICTURE_PAIRS = 50_000;
const CONTINUUM = { high: 3, step: 0.05 } as const;
const INDEPENDENCE = { low: -1.5, high: 4, step: 0.1 } as const;

/** The pairs that a picture shows: those whose change is measured, those drawn as points, and how many are usable. */
export interface PictureDraw {
  readonly taken: PairedWeights;
  readonly sample: PairedWeights;
  readonly of: number;
}

/** Which of the usable pairs a picture shows, by their ordinals. */
export function pictureOrdinals(used: number, random: Random) {
  return {
    taken: ordinalsOf(used, PICTURE_PAIRS, random.stream("picture")),
    sample: ordinalsOf(used, SAMPLE, random.stream("sample")),
  };
}

/** Takes at most 50,000 pairs, drawn at random where there are more; the floor is that of the pairs taken. */
export function pictureOf(
  pairs: PairedWeights,
  fit: GeometryFit,
  random: Random,
  control: PairedWeights | null = null,
): GeometryPicture {
  const usable = usablePlaces(pairs);
  const { group } = pairs;
  const pick = (ordinals: Float64Array): PairedWeights => {
    const places = Int32Array.from(ordinals, (k) => usable[k]);
    const picked = restrictPairs(pairs, places, pairs.source);
    return { ...picked, group: group && { names: group.names, index: places.map((i) => group.index[i]) } };
  };
  const { taken, sample } = pictureOrdinals(usable.length, random);
  const picture = pictureOfDraw({ taken: pick(taken), sample: pick(sample), of: usable.length }, fit, random);
  return control === null
    ? picture
    : { ...picture, control: controlOf(pairs, control, random.stream("control")) };
}

/** The picture of pairs already drawn, by `pictureOrdinals` of the same randomness. */
export function pictureOfDraw(
  { taken, sample, of }: PictureDraw,
  fit: GeometryFit,
  random: Random,
): GeometryPicture {
  const root = Math.sqrt(taken.initial.length);
  return {
    sample: sampleOf(sample, of),
    histograms: fit.potentials.flatMap(
      ({ name }) => dualChangesOf(parsePotential(name), taken.initial, taken.final).histogram ?? [],
    ),
    continuum: steps(0, CONTINUUM.high, CONTINUUM.step).map((exponent) => {
      const measure = deltaCdf(potentialOfExponent(exponent), taken.initial, taken.final);
      return measure.status === "ok"
        ? { exponent, deltaCdf: measure.uncentred, deltaCdfCentred: measure.centred }
        : { exponent, deltaCdf: null, deltaCdfCentred: null };
    }),
    floor: { expected: DELTA_CDF_FLOOR.uncentred / root, upper: DELTA_CDF_FLOOR.upper / root },
    independence: independenceOf(taken, fit, random),
    pairs: taken.initial.length,
    control: null,
  };
}

function fewPlaces(group: PairedWeights, random: Random): Int32Array {
  const places = usablePlaces(group);
  return Int32Array.from(ordinalsOf(places.length, SAMPLE, random), (k) => places[k]);
}

function controlOf(pairs: PairedWeights, control: PairedWeights, random: Random): GeometryPicture["control"] {
  const few = (group: PairedWeights, name: string) =>
    restrictPairs(group, fewPlaces(group, random.stream(name)), group.source);
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

function steps(low: number, high: number, step: number): number[] {
  return Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) =>
    Number((low + k * step).toFixed(6)),
  );
}

function sampleOf({ initial, final, group }: PairedWeights, of: number): GeometryPicture["sample"] {
  return {
    initial: Array.from(initial),
    final: Array.from(final),
    group: group && Array.from(group.index, (place) => group.names[place]),
    of,
  };
}

function independenceOf(taken: PairedWeights, { exponent }: GeometryFit, random: Random) {
  const { estimate, low, high, level } = exponent;
  const regular = steps(INDEPENDENCE.low, INDEPENDENCE.high, INDEPENDENCE.step);
  const detail = estimate === null ? [] : detailAround(estimate, low, high);
  const changed = usablePlaces(taken).filter((i) => taken.initial[i] !== taken.final[i]);
  const continuum = continuumPairs(taken, changed);
  const { critical, scores } = rankEstimate(continuum, level, random.stream("permutations"));
  const test = independenceTest(continuum, scores);
  return {
    critical,
    points: [...regular, ...detail]
      .sort((a, b) => a - b)
      .map((place) => ({ exponent: place, statistic: test.at(place) })),
  };
}
