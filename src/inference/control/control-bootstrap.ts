/** Whole clusters of both groups drawn anew, for methods that are fast enough to be repeated. */

import type { Random } from "../../random.ts";
import { type BootstrapInterval, bootstrapInterval } from "../cluster-bootstrap.ts";
import { type ControlPairs, gatherSized, type SizedPairs } from "./control-pairs.ts";

export interface ControlBootstrapOptions {
  readonly level: number;
  readonly resamples: number;
  readonly random: Random;
  onResample?(): void;
}

/**
 * The interval of λ̂ over resamples of whole clusters.
 *
 * Clusters with learning pairs and those with control pairs only are drawn each from their own kind, so that both groups
 * keep their numbers of clusters. The degrees of freedom are those of the clusters with learning pairs.
 *
 * @see Efron & Tibshirani 1993, doi:10.1007/978-1-4899-4541-9
 */
export function controlBootstrap(
  pairs: ControlPairs,
  estimate: number,
  estimateOf: (resampled: ControlPairs) => number | null,
  { level, resamples, random, onResample }: ControlBootstrapOptions,
): BootstrapInterval {
  const members = [pairs.learning, pairs.control].map((group) => membersOf(group, pairs.clusterCount));
  const clusters = Array.from({ length: pairs.clusterCount }, (_, c) => c);
  const learn = clusters.filter((c) => members[0][c].length > 0);
  const rest = clusters.filter((c) => members[0][c].length === 0 && members[1][c].length > 0);
  const found: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = [learn, rest].flatMap((kind) => kind.map(() => kind[random.integer(kind.length)]));
    const [learning, control] = members.map((of) => Int32Array.from(drawn.flatMap((c) => of[c])));
    onResample?.();
    if (control.length === 0) continue;
    const value = estimateOf({
      ...pairs,
      learning: gatherSized(pairs.learning, learning),
      control: gatherSized(pairs.control, control),
    });
    if (value !== null) found.push(value);
  }
  return bootstrapInterval(found, estimate, learn.length, level);
}

function membersOf({ cluster, count }: SizedPairs, clusterCount: number): number[][] {
  const members: number[][] = Array.from({ length: clusterCount }, () => []);
  for (let i = 0; i < count; i++) members[cluster?.[i] ?? 0].push(i);
  return members;
}
