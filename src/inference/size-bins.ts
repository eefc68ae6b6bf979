/** The change against size without a model: what the curvature of the potential is read off from. */

import type { SizeBin } from "./geometry-fit.ts";
import type { PairedWeights } from "./paired-weights.ts";
import { rankScratch, sortedOrder } from "./ranks.ts";
import { normalQuantile } from "./special-functions.ts";

const MOST_BINS = 12;
const PAIRS_PER_BIN = 15;

/**
 * SD of w¹ − w⁰ in bins of |w⁰| with equally many of the pairs at `places`.
 *
 * Small changes obey δ ≈ Δy/φ″(w), so that φ″ ∝ 1/SD. The band is SD·exp(±z·SE), SE² = (κ − 1)/(4n) the variance of a
 * log SD, κ the kurtosis in the bin: an approximate interval that widens for heavy tails.
 */
export function changeBySize(pairs: PairedWeights, level: number, places: Int32Array): SizeBin[] {
  const { initial, final } = pairs;
  const sizes = new Float64Array(places.length);
  for (let k = 0; k < places.length; k++) sizes[k] = Math.abs(initial[places[k]]);
  const sorted = sortedOrder(sizes, 0, sizes.length, rankScratch(sizes.length)).order;
  const order = new Int32Array(places.length);
  for (let k = 0; k < places.length; k++) order[k] = places[sorted[k]];
  const bins = Math.max(1, Math.min(MOST_BINS, Math.floor(order.length / PAIRS_PER_BIN)));
  const found = Array.from({ length: bins }, (_, bin) => {
    const from = Math.round((bin * order.length) / bins);
    const to = Math.round(((bin + 1) * order.length) / bins);
    return binOf(initial, final, order.subarray(from, to), level);
  }).filter((bin) => bin.deviation > 0 && Number.isFinite(bin.deviation));
  const middle = found.map((bin) => bin.deviation).sort((a, b) => a - b)[found.length >> 1];
  return found.map((bin) => ({ ...bin, curvature: middle / bin.deviation }));
}

function binOf(
  initial: Float64Array | Float32Array,
  final: Float64Array | Float32Array,
  members: Int32Array,
  level: number,
): SizeBin {
  const count = members.length;
  let [sum, logSize] = [0, 0];
  for (const i of members) {
    sum += final[i] - initial[i];
    logSize += Math.log(Math.abs(initial[i]));
  }
  const mean = sum / count;
  let [squares, fourths] = [0, 0];
  for (const i of members) {
    const square = (final[i] - initial[i] - mean) ** 2;
    squares += square;
    fourths += square * square;
  }
  const kurtosis = squares > 0 ? (count * fourths) / squares ** 2 : 3;
  const deviation = Math.sqrt(squares / Math.max(1, count - 1));
  const reach = Math.exp(
    (normalQuantile(0.5 + level / 2) * Math.sqrt(Math.max(kurtosis, 1.8) - 1) * 0.5) / Math.sqrt(count),
  );
  return {
    size: Math.exp(logSize / count),
    pairs: count,
    mean,
    deviation,
    low: deviation / reach,
    high: deviation * reach,
    curvature: 1,
  };
}
