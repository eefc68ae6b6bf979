/** All pairs of a question, of which only those that estimators see need be in memory. */

import type { Potential } from "../geometry/index.ts";
import type { Random } from "../random.ts";
import { type DeltaCdf, deltaCdf, rangeOfWeights } from "./delta-cdf.ts";
import { type ContinuumPairs, continuumPairs } from "./dual-continuum.ts";
import { ordinalsOf } from "./estimate.ts";
import {
  countPairs,
  isUsable,
  type PairCounts,
  type PairedWeights,
  placesByLabel,
  restrictPairs,
} from "./paired-weights.ts";

/** Pairs beyond which the ranks take a random sample of so many. */
export const RANK_PAIRS = 100_000;

/** Pairs with the counts and the measures of all of them. */
export interface Population {
  /** All pairs, or those that `select` chooses among. */
  readonly pairs: PairedWeights;
  /** Of all pairs. */
  readonly counts: PairCounts;
  /**
   * The pairs that estimators see: usable, changed unless those unchanged are kept, and thinned where there are very many.
   *
   * @param random  its stream "subsample" says which ordinals are drawn
   */
  select(keepUnchanged: boolean, random: Random): ContinuumPairs;
  /** ΔCDF of all usable pairs, one for each potential. */
  measure(potentials: readonly Potential[]): readonly DeltaCdf[];
  /** Each group by itself, in the order of `pairs.group.names` and made when opened; none where there are no groups. */
  groups(): readonly { readonly name: string; open(): Population }[];
}

/** What a group is called in messages. */
export const sourceOfGroup = (source: string, name: string) => `${source}, group "${name}"`;

/** Pairs that are all in memory. */
export function populationOf(pairs: PairedWeights): Population {
  const counts = countPairs(pairs);
  return {
    pairs,
    counts,
    select: (keepUnchanged, random) => selectPairs(pairs, counts, keepUnchanged, random),
    measure: (potentials) => measureAll(pairs, counts.used, potentials),
    groups() {
      const { group, source } = pairs;
      if (group === null) return [];
      const places = placesByLabel(group);
      return group.names.map((name, g) => ({
        name,
        open: () => populationOf(restrictPairs(pairs, places[g], sourceOfGroup(source, name))),
      }));
    },
  };
}

function selectPairs(
  pairs: PairedWeights,
  counts: PairCounts,
  keepUnchanged: boolean,
  random: Random,
): ContinuumPairs {
  const changed = keepUnchanged ? counts.used : counts.used - counts.unchanged;
  const wanted = ordinalsOf(changed, RANK_PAIRS, random.stream("subsample"));
  const places = new Int32Array(wanted.length);
  const { initial, final } = pairs;
  for (let i = 0, ordinal = 0, kept = 0; kept < places.length; i++) {
    if (!isUsable(initial[i], final[i]) || (!keepUnchanged && initial[i] === final[i])) continue;
    if (wanted[kept] === ordinal) places[kept++] = i;
    ordinal++;
  }
  return continuumPairs(pairs, places);
}

function measureAll(pairs: PairedWeights, used: number, potentials: readonly Potential[]): DeltaCdf[] {
  const { initial, final } = usableArrays(pairs, used);
  const shared = { changes: new Float64Array(used), range: rangeOfWeights(initial, final) };
  return potentials.map((potential) => deltaCdf(potential, initial, final, shared));
}

/** The usable pairs as two arrays; the very arrays of `pairs` where all are usable. */
function usableArrays(pairs: PairedWeights, used: number) {
  const { initial, final } = pairs;
  if (used === initial.length) return { initial, final };
  const kept = { initial: new Float64Array(used), final: new Float64Array(used) };
  for (let i = 0, k = 0; i < initial.length; i++) {
    if (!isUsable(initial[i], final[i])) continue;
    kept.initial[k] = initial[i];
    kept.final[k++] = final[i];
  }
  return kept;
}
