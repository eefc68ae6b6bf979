/** How scores vary when pairs of one cluster move together. */

import { zeros } from "./small-matrix.ts";

interface Clustered {
  readonly cluster: Int32Array | null;
}

/**
 * Σ_c s_c s_cᵀ over clusters (over pairs where there are none), times C/(C − 1).
 *
 * @param scores  those of the learning group, then those of the control
 * @see Liang & Zeger 1986, doi:10.1093/biomet/73.1.13
 */
export function clusterMeat(
  pairs: { readonly learning: Clustered; readonly control: Clustered; readonly clusterCount: number },
  scores: readonly (readonly number[])[],
): number[][] {
  const totals = clusterTotals(pairs, scores);
  const size = scores[0].length;
  const meat = zeros(size);
  for (const total of totals) {
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) meat[a][b] += total[a] * total[b];
  }
  const widening = totals.length > 1 ? totals.length / (totals.length - 1) : 1;
  return meat.map((row) => row.map((value) => widening * value));
}

function clusterTotals(
  {
    learning,
    control,
    clusterCount,
  }: { readonly learning: Clustered; readonly control: Clustered; readonly clusterCount: number },
  scores: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  if (learning.cluster === null || control.cluster === null) return scores;
  const totals = Array.from({ length: clusterCount }, () => new Array<number>(scores[0].length).fill(0));
  const first = learning.cluster;
  for (const [i, score] of scores.entries()) {
    const cluster = i < first.length ? first[i] : control.cluster[i - first.length];
    for (let a = 0; a < score.length; a++) totals[cluster][a] += score[a];
  }
  return totals;
}
