/** Learning pairs and the no-learning pairs that they are held against, in one unit and with clusters numbered together. */

import { labelsOf, type PairedWeights, usablePlaces } from "../paired-weights.ts";

/** Sizes below this share of the geometric mean are taken as this in variance functions: measured, they are mostly noise. */
export const SMALLEST_SIZE = 0.02;

/** Pairs over the geometric mean of all initial sizes, turned so that w⁰ > 0: a final weight < 0 has changed its sign. */
export interface SizedPairs {
  readonly count: number;
  /** Place of each pair in the PairedWeights it came from. */
  readonly place: Int32Array;
  readonly initial: Float64Array;
  readonly final: Float64Array;
  /** w¹ − w⁰. */
  readonly change: Float64Array;
  /** w⁰, not below `SMALLEST_SIZE`. */
  readonly size: Float64Array;
  /** ln of `size`. */
  readonly logSize: Float64Array;
  readonly cluster: Int32Array | null;
}

export interface ControlPairs {
  readonly learning: SizedPairs;
  readonly control: SizedPairs;
  /** Clusters of both groups together; 0 where pairs are independent. */
  readonly clusterCount: number;
  /** The unit that weights were divided by. */
  readonly scale: number;
}

/** The usable pairs of both groups. A cluster of one name is one cluster, whichever group its pairs are in. */
export function controlPairs(learning: PairedWeights, control: PairedWeights): ControlPairs {
  const sides = [learning, control];
  const places = sides.map(usablePlaces);
  let [sum, count] = [0, 0];
  for (const [side, found] of places.entries()) {
    for (const i of found) sum += Math.log(Math.abs(sides[side].initial[i]));
    count += found.length;
  }
  const scale = Math.exp(sum / Math.max(1, count));
  const { numbers, clusterCount } = clusterNumbers(sides, places);
  const [first, second] = sides.map((pairs, side) =>
    sizedPairs(pairs, places[side], scale, numbers?.[side] ?? null),
  );
  return { learning: first, control: second, clusterCount, scale };
}

/** The clusters of both sides numbered by name; null where a side has none. */
function clusterNumbers(sides: readonly PairedWeights[], places: readonly Int32Array[]) {
  const labels = sides.flatMap(({ cluster }) => (cluster === null ? [] : [cluster]));
  if (labels.length < sides.length) return { numbers: null, clusterCount: 0 };
  const { names, index } = labelsOf(labels.flatMap((each) => each.names));
  const first = labels[0].names.length;
  const numbers = places.map((found, side) =>
    found.map((i) => index[labels[side].index[i] + (side === 0 ? 0 : first)]),
  );
  return { numbers, clusterCount: names.length };
}

function sizedPairs(
  { initial, final }: PairedWeights,
  places: Int32Array,
  scale: number,
  cluster: Int32Array | null,
): SizedPairs {
  const turned = (i: number, value: number) => (initial[i] < 0 ? -value : value) / scale;
  return sized(
    places,
    Float64Array.from(places, (i) => turned(i, initial[i])),
    Float64Array.from(places, (i) => turned(i, final[i])),
    cluster,
  );
}

function sized(
  place: Int32Array,
  initial: Float64Array,
  final: Float64Array,
  cluster: Int32Array | null,
): SizedPairs {
  const size = initial.map((weight) => Math.max(SMALLEST_SIZE, weight));
  return {
    count: initial.length,
    place,
    initial,
    final,
    change: final.map((weight, i) => weight - initial[i]),
    size,
    logSize: size.map(Math.log),
    cluster,
  };
}

/** The pairs at these positions, repeats allowed. */
export function gatherSized(pairs: SizedPairs, positions: Int32Array): SizedPairs {
  const pick = (values: Float64Array) => Float64Array.from(positions, (k) => values[k]);
  return {
    count: positions.length,
    place: positions.map((k) => pairs.place[k]),
    initial: pick(pairs.initial),
    final: pick(pairs.final),
    change: pick(pairs.change),
    size: pick(pairs.size),
    logSize: pick(pairs.logSize),
    cluster: pairs.cluster ? positions.map((k) => pairs.cluster?.[k] ?? 0) : null,
  };
}
