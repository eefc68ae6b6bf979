/** Dual changes of pairs, counted for a histogram against the standard normal density. */

import type { FloatArray, Potential } from "../geometry/potential.ts";
import { DELTA_CDF_FLOOR, deltaCdf } from "./delta-cdf.ts";
import type { PotentialScore } from "./geometry-fit.ts";
import type { DualHistogram } from "./geometry-picture.ts";

const BINS = 50;
const END = 5;
const WIDTH = (2 * END) / BINS;
const EDGES = Array.from({ length: BINS + 1 }, (_, k) => Number((k * WIDTH - END).toFixed(6)));

/** What is drawn of one potential: its ΔCDF and the histogram; null where there is no dual change to count. */
export interface DualChanges
  extends Pick<PotentialScore, "name" | "deltaCdf" | "deltaCdfFloor" | "deltaCdfStatus"> {
  readonly histogram: DualHistogram | null;
}

/**
 * ΔCDF and the histogram of the standardised dual change of weight pairs, without an inference: fast enough to be done
 * again and again while a network learns.
 *
 * @param initial  length n ≥ 2
 * @param final    length n
 * @throws InputError as `deltaCdf`
 */
export function dualChangesOf(potential: Potential, initial: FloatArray, final: FloatArray): DualChanges {
  const changes = new Float64Array(initial.length);
  const measure = deltaCdf(potential, initial, final, { changes });
  const isCounted = measure.status === "ok";
  return {
    name: potential.name,
    deltaCdf: isCounted ? measure.uncentred : null,
    deltaCdfFloor: DELTA_CDF_FLOOR.uncentred / Math.sqrt(initial.length),
    deltaCdfStatus: measure.status,
    histogram: isCounted ? histogramOf(potential.name, changes, measure.deviation) : null,
  };
}

function histogramOf(potential: string, changes: Float64Array, deviation: number): DualHistogram {
  const counts = new Float64Array(BINS);
  let beyond = 0;
  for (const change of changes) {
    const bin = Math.floor((change / deviation + END) / WIDTH);
    if (bin < 0 || bin >= BINS) beyond++;
    else counts[bin]++;
  }
  return {
    potential,
    edges: EDGES,
    density: Array.from(counts, (count) => count / changes.length / WIDTH),
    beyond: beyond / changes.length,
  };
}
