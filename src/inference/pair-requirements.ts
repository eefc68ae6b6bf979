/** What pairs must be before anything can be inferred from them; each refusal says what to do. */

import { InputError } from "../errors.ts";
import { logSizeDeviation } from "./diagnostics.ts";
import type { ContinuumPairs } from "./dual-continuum.ts";
import type { PairCounts, PairedWeights } from "./paired-weights.ts";

export const FEWEST_PAIRS = 10;
/** SD of ln|w⁰| below which the initial weights are the same for every purpose. */
const CONSTANT = 1e-9;

/** @throws InputError `too-few-pairs`, `no-change` */
export function requireEnough(pairs: Pick<PairedWeights, "source">, counts: PairCounts): void {
  if (counts.used < FEWEST_PAIRS) {
    const { nonFinite, absentInitially, absentFinally, absentThroughout } = counts;
    const absent = absentInitially + absentFinally + absentThroughout;
    throw new InputError({
      code: "too-few-pairs",
      message: `${pairs.source}: expected at least ${FEWEST_PAIRS} pairs with a weight at both ends, got ${counts.used} (of ${counts.total}: ${nonFinite} missing or not finite, ${absent} absent at one end or both); give more synapses`,
    });
  }
  if (counts.unchanged === counts.used) {
    throw new InputError({
      code: "no-change",
      message: `${pairs.source}: expected weights that change, got ${counts.used} pairs that are all the same at both ends; check that initial and final are not the same file`,
    });
  }
  if (counts.used - counts.unchanged < FEWEST_PAIRS) {
    throw new InputError({
      code: "too-few-pairs",
      message: `${pairs.source}: expected at least ${FEWEST_PAIRS} pairs that changed, got ${counts.used - counts.unchanged} of ${counts.used}; give more synapses or a longer interval`,
    });
  }
}

/** @throws InputError `constant-initial`, `too-few-pairs` */
export function requireVariation(pairs: PairedWeights, counts: PairCounts, continuum: ContinuumPairs): void {
  const { groupStart } = continuum;
  if (groupStart.every((start, g) => g === 0 || start - groupStart[g - 1] < 2)) {
    throw new InputError({
      code: "too-few-pairs",
      message: `${pairs.source}: expected groups of several pairs, got ${groupStart.length - 1} groups of at most one; leave --group out, or group by layer or cell type`,
    });
  }
  if (logSizeDeviation(continuum) > CONSTANT) return;
  const weight = pairs.initial[continuum.place[0]];
  const where = pairs.group ? " within each group" : "";
  throw new InputError({
    code: "constant-initial",
    message: `${pairs.source}: expected initial weights of different sizes, got the constant ${weight} in all ${counts.used} pairs${where}; the geometry is unidentifiable from one size, so use synapses of several sizes`,
  });
}
