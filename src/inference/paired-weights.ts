/** Weights before and after learning, pair by pair: the input of every inference method. */

import { InputError } from "../errors.ts";

/** A label per pair: `index[i]` is the place of pair i's label in `names`. */
export interface Labels {
  readonly names: readonly string[];
  readonly index: Int32Array;
}

/**
 * Initial and final weights of the same synapses.
 *
 * Zero means "this synapse was absent" and NaN "not measured"; both are counted by `countPairs`, never dropped in silence.
 */
export interface PairedWeights {
  /** What the pairs are called in messages. */
  readonly source: string;
  /** w⁰, in any unit; the exponent does not depend on it. */
  readonly initial: Float64Array | Float32Array;
  /** w¹, in the unit of `initial`. */
  readonly final: Float64Array | Float32Array;
  /** Layer or cell type: each has its own drift and scale of change. */
  readonly group: Labels | null;
  /** Neuron, dendrite or animal: pairs of one cluster are not independent. */
  readonly cluster: Labels | null;
  /** Two measurements of the same synapses with nothing between them, from which the noise is estimated. */
  readonly repeat: { readonly first: Float64Array; readonly second: Float64Array } | null;
}

/** How many pairs there are and what became of each: `total` = used + nonFinite + the three kinds of absence. */
export interface PairCounts {
  readonly total: number;
  /** Finite and not zero at both ends: what the estimators see. */
  readonly used: number;
  /** NaN or infinite at either end. */
  readonly nonFinite: number;
  /** Births: zero initially, not finally. */
  readonly absentInitially: number;
  /** Eliminations: zero finally, not initially. */
  readonly absentFinally: number;
  /** Zero at both ends. */
  readonly absentThroughout: number;
  /** Among `used`: exactly the same at both ends. They count in ΔCDF; the estimators of λ leave them out. */
  readonly unchanged: number;
  /** Among `used`: the sign differs between the two ends. */
  readonly signFlips: number;
}

/** Makes PairedWeights of two arrays and optional labels (one string a pair). @throws InputError `lengths-differ` */
export function pairWeights(
  initial: Float64Array | Float32Array | readonly number[],
  final: Float64Array | Float32Array | readonly number[],
  options: {
    readonly source?: string;
    readonly group?: readonly string[];
    readonly cluster?: readonly string[];
    readonly repeat?: { readonly first: Float64Array; readonly second: Float64Array };
  } = {},
): PairedWeights {
  const source = options.source ?? "pairs";
  const { repeat } = options;
  const wrong = [final.length, options.group?.length, options.cluster?.length].find(
    (length) => length !== undefined && length !== initial.length,
  );
  if (wrong !== undefined) {
    throw new InputError({
      code: "lengths-differ",
      message: `${source}: expected one final weight and one label for each of ${initial.length} initial weights, got ${wrong}; give arrays of one length`,
    });
  }
  if (repeat && repeat.first.length !== repeat.second.length) {
    throw new InputError({
      code: "lengths-differ",
      message: `${source}: expected two repeated measurements of each synapse, got ${repeat.first.length} and ${repeat.second.length}; give arrays of one length`,
    });
  }
  return {
    source,
    initial: toFloats(initial),
    final: toFloats(final),
    group: options.group ? labelsOf(options.group) : null,
    cluster: options.cluster ? labelsOf(options.cluster) : null,
    repeat: options.repeat ?? null,
  };
}

function toFloats(values: Float64Array | Float32Array | readonly number[]): Float64Array | Float32Array {
  return values instanceof Float64Array || values instanceof Float32Array
    ? values
    : Float64Array.from(values);
}

/** Numbers the distinct labels in order of first appearance. */
export function labelsOf(values: readonly string[]): Labels {
  const numbers = new Map<string, number>();
  const index = Int32Array.from(values, (value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  });
  return { names: [...numbers.keys()], index };
}

/** Places of the usable pairs, in order. */
export function usablePlaces({ initial, final }: PairedWeights): Int32Array {
  const places = new Int32Array(initial.length);
  let count = 0;
  for (let i = 0; i < initial.length; i++) if (isUsable(initial[i], final[i])) places[count++] = i;
  return places.slice(0, count);
}

/** Places of the pairs with each label, in order. */
export function placesByLabel({ names, index }: Labels): Int32Array[] {
  const counts = new Int32Array(names.length);
  for (const label of index) counts[label]++;
  const places = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < index.length; i++) places[index[i]][counts[index[i]]++] = i;
  return places;
}

/** The pairs at these places, without groups and without the repeats, which are those of all. */
export function restrictPairs(pairs: PairedWeights, places: Int32Array, source: string): PairedWeights {
  const pick = <A extends Float64Array | Float32Array>(values: A): A => {
    const picked = values.slice(0, places.length) as A; // slice keeps the array's own type
    for (let k = 0; k < places.length; k++) picked[k] = values[places[k]];
    return picked;
  };
  const { cluster } = pairs;
  return {
    source,
    initial: pick(pairs.initial),
    final: pick(pairs.final),
    group: null,
    cluster: cluster && { names: cluster.names, index: places.map((i) => cluster.index[i]) },
    repeat: null,
  };
}

/** Counts what a set of pairs holds, in one pass. */
export function countPairs(pairs: PairedWeights): PairCounts {
  const { initial, final } = pairs;
  let used = 0;
  let nonFinite = 0;
  let absentInitially = 0;
  let absentFinally = 0;
  let absentThroughout = 0;
  let unchanged = 0;
  let signFlips = 0;
  for (let i = 0; i < initial.length; i++) {
    const before = initial[i];
    const after = final[i];
    if (!Number.isFinite(before) || !Number.isFinite(after)) nonFinite++;
    else if (before === 0 && after === 0) absentThroughout++;
    else if (before === 0) absentInitially++;
    else if (after === 0) absentFinally++;
    else {
      used++;
      if (before === after) unchanged++;
      else if (before > 0 !== after > 0) signFlips++;
    }
  }
  return {
    total: initial.length,
    used,
    nonFinite,
    absentInitially,
    absentFinally,
    absentThroughout,
    unchanged,
    signFlips,
  };
}

/** Whether pair i is present and finite at both ends. */
export function isUsable(before: number, after: number): boolean {
  return before !== 0 && after !== 0 && Number.isFinite(before) && Number.isFinite(after);
}
