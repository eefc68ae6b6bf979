/**
 * Dual changes along the continuum of geometries, computed from logarithms taken once.
 *
 * ψ_λ(w) = sgn(w)(|w|^λ − 1)/λ, ψ_0(w) = sgn(w) ln|w|; λ = p − 1: 0 negative entropy, 1 Euclidean, 2 the 3-norm.
 * Where the sign changes: (sgn(w¹)|w¹|^λ − sgn(w⁰)|w⁰|^λ)/λ for λ > 0, infinite for λ ≤ 0.
 */

import { isUsable, type PairedWeights } from "./paired-weights.ts";

/** The usable pairs, ordered by group, in logarithms of weights over their common geometric mean. */
export interface ContinuumPairs {
  readonly count: number;
  /** Place of each pair in the PairedWeights it came from. */
  readonly place: Int32Array;
  /** ln|w⁰| less `logScale`. */
  readonly logInitial: Float64Array;
  /** ln|w¹/w⁰|, exact for tiny changes. */
  readonly logRatio: Float64Array;
  /** sgn(w⁰). */
  readonly sign: Int8Array;
  /** 1 where sgn(w¹) ≠ sgn(w⁰). */
  readonly flipped: Uint8Array;
  /** Mean of ln|w⁰| and ln|w¹|: the logarithm of the geometric mean that weights are divided by. */
  readonly logScale: number;
  /** Group g holds pairs groupStart[g] … groupStart[g+1] − 1. */
  readonly groupStart: Int32Array;
  readonly groupNames: readonly string[];
  /** Cluster of each pair, or null. */
  readonly cluster: Int32Array | null;
  readonly clusterCount: number;
}

/** Selects the usable pairs and takes their logarithms; `subset` keeps only those places (any order, repeats allowed). */
export function continuumPairs(pairs: PairedWeights, subset?: Int32Array): ContinuumPairs {
  const place = placesByGroup(pairs, subset);
  const count = place.length;
  const logInitial = new Float64Array(count);
  const logRatio = new Float64Array(count);
  const sign = new Int8Array(count);
  const flipped = new Uint8Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const before = pairs.initial[place[k]];
    const after = pairs.final[place[k]];
    const size = Math.abs(before);
    logInitial[k] = Math.log(size);
    // Close sizes are subtracted before the logarithm, where the difference is exact; far ones would overflow there.
    const relative = (Math.abs(after) - size) / size;
    logRatio[k] = Math.abs(relative) < 0.5 ? Math.log1p(relative) : Math.log(Math.abs(after)) - logInitial[k];
    sign[k] = before > 0 ? 1 : -1;
    flipped[k] = before > 0 === after > 0 ? 0 : 1;
    sum += logInitial[k] + 0.5 * logRatio[k];
  }
  const logScale = count > 0 ? sum / count : 0;
  for (let k = 0; k < count; k++) logInitial[k] -= logScale;
  return {
    count,
    place,
    logInitial,
    logRatio,
    sign,
    flipped,
    logScale,
    groupStart: groupStarts(pairs, place),
    groupNames: pairs.group?.names ?? [""],
    cluster: pairs.cluster ? place.map((i) => pairs.cluster?.index[i] ?? 0) : null,
    clusterCount: pairs.cluster?.names.length ?? 0,
  };
}

function placesByGroup(pairs: PairedWeights, subset: Int32Array | undefined): Int32Array {
  const { initial, final, group } = pairs;
  const candidates = subset ?? null;
  const total = candidates ? candidates.length : initial.length;
  const groups = group?.names.length ?? 1;
  const next = new Int32Array(groups + 1);
  const visit = (use: (i: number, g: number) => void) => {
    for (let k = 0; k < total; k++) {
      const i = candidates ? candidates[k] : k;
      if (isUsable(initial[i], final[i])) use(i, group ? group.index[i] : 0);
    }
  };
  visit((_, g) => {
    next[g + 1]++;
  });
  for (let g = 0; g < groups; g++) next[g + 1] += next[g];
  const place = new Int32Array(next[groups]);
  visit((i, g) => {
    place[next[g]++] = i;
  });
  return place;
}

function groupStarts(pairs: PairedWeights, place: Int32Array): Int32Array {
  const groups = pairs.group?.names.length ?? 1;
  const starts = new Int32Array(groups + 1);
  for (const i of place) starts[(pairs.group ? pairs.group.index[i] : 0) + 1]++;
  for (let g = 0; g < groups; g++) starts[g + 1] += starts[g];
  return starts;
}

/** d_i(λ) = ψ_λ(w¹_i) − ψ_λ(w⁰_i) for every pair, in units of (geometric mean)^λ, into `out`. */
export function dualChangesAt(pairs: ContinuumPairs, exponent: number, out: Float64Array): Float64Array {
  const { count, logInitial, logRatio, sign, flipped } = pairs;
  for (let k = 0; k < count; k++) {
    if (flipped[k] === 1) {
      const sum = Math.exp(exponent * logInitial[k]) + Math.exp(exponent * (logInitial[k] + logRatio[k]));
      out[k] = exponent > 0 ? (-sign[k] * sum) / exponent : -sign[k] * Number.POSITIVE_INFINITY;
    } else {
      out[k] = sign[k] * Math.exp(exponent * logInitial[k]) * stretched(exponent, logRatio[k]);
    }
  }
  return out;
}

/** (exp(λ r) − 1)/λ, and its limit r at λ = 0. */
function stretched(exponent: number, ratio: number): number {
  const product = exponent * ratio;
  if (Math.abs(product) < 1e-7) return ratio * (1 + 0.5 * product);
  return Math.expm1(product) / exponent;
}
