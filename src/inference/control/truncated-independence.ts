/** The exponent from those synapses that changed more than any without learning does, whichever sizes they prefer. */

import { crossingsOf } from "../root.ts";
import { normalQuantile } from "../special-functions.ts";
import type { SizedPairs } from "./control-pairs.ts";
import type { ControlScale } from "./control-scale.ts";
import { dualChange } from "./dual-step.ts";

/** Exponents that are looked at; an interval that reaches an end is open there. */
const TRUNCATED_RANGE = { low: -2, high: 4 } as const;
const SCAN_STEP = 0.25;
const WALK_STEP = 0.1;
const TOLERANCE = 1e-3;
/** More pairs than this are thinned: the statistic takes time that grows with their square. */
export const MOST_TRUNCATED_PAIRS = 5000;
const MANY_PAIRS = 3000;
const CONTROL_QUANTILE = 0.995;

export interface TruncatedIndependence {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Synapses beyond the bound at λ̂ (at the middle of the range if there is none). */
  readonly exceedances: number;
  /** k: the bound in SDs of the control change. */
  readonly bound: number;
}

/** k = max(3, the control's 0.995 quantile), 4 instead of 3 above 3,000 pairs. */
function truncationBound({ standardised }: ControlScale, pairs: number): number {
  const place = CONTROL_QUANTILE * (standardised.length - 1);
  const below = standardised[Math.floor(place)];
  const quantile = below + (place % 1) * (standardised[Math.ceil(place)] - below);
  return Math.max(pairs > MANY_PAIRS ? 4 : 3, quantile);
}

/**
 * λ̂ by the truncated-independence test.
 *
 * D_i = |d_i(λ)|, c_i = max(ψ(w⁰+ks₀) − ψ(w⁰), ψ(w⁰) − ψ(max(w⁰−ks₀, .001 w⁰))), s₀ = s₀(w⁰_i); pairs with D_i > c_i are kept.
 * J_i = {j : D_j ≥ D_i, c_j ≤ D_i}, N_i = |J_i|, R_i = 1 + #{j ∈ J_i : w⁰_j < w⁰_i};
 * T(λ) = −Σ_{N_i>1} (R_i − (N_i + 1)/2)/√(Σ (N_i² − 1)/12) ~ N(0, 1) at the true λ, rising with λ.
 * λ̂ is the upward crossing with the largest rise, the interval the connected {|T| ≤ critical} around it. Above the bound the
 * share of synapses that take part cancels from the law of d, so that any dependence of it on size is harmless.
 *
 * @see Efron & Petrosian 1992, doi:10.1086/171931
 */
export function truncatedIndependence(
  pairs: SizedPairs,
  scale: ControlScale,
  level: number,
): TruncatedIndependence {
  const bound = truncationBound(scale, pairs.count);
  const test = truncatedTest(pairs, scale, bound);
  const crossings = crossingsOf((exponent) => test(exponent).statistic, TRUNCATED_RANGE, SCAN_STEP);
  if (crossings.length === 0) {
    return { estimate: null, low: null, high: null, exceedances: test(1).exceedances, bound };
  }
  const start = crossings.reduce((a, b) => (b.rise > a.rise ? b : a)).place;
  const critical = normalQuantile(0.5 + level / 2);
  const statistic = (exponent: number) => test(exponent).statistic;
  const estimate = crossingNear(statistic, start);
  return {
    estimate,
    low: walk(statistic, estimate, -critical),
    high: walk(statistic, estimate, critical),
    exceedances: test(estimate).exceedances,
    bound,
  };
}

/** λ̂ alone near a start: for resampled pairs. */
export function truncatedExponentNear(
  pairs: SizedPairs,
  scale: ControlScale,
  bound: number,
  start: number,
): number | null {
  const test = truncatedTest(pairs, scale, bound);
  const statistic = (exponent: number) => test(exponent).statistic;
  return walk(statistic, start, 0);
}

function crossingNear(statistic: (exponent: number) => number, start: number): number {
  return (
    walk(statistic, Math.max(TRUNCATED_RANGE.low, start - SCAN_STEP), 0) ??
    // The linear placing of the crossing stands where T jumps about it.
    start
  );
}

/** The first place where T passes the target going up (down from `start` where T is above it), or null within the range. */
function walk(statistic: (exponent: number) => number, start: number, target: number): number | null {
  const direction = statistic(start) < target ? 1 : -1;
  const end = direction > 0 ? TRUNCATED_RANGE.high : TRUNCATED_RANGE.low;
  for (let near = start; near !== end; ) {
    const far = direction > 0 ? Math.min(end, near + WALK_STEP) : Math.max(end, near - WALK_STEP);
    if ((statistic(far) - target) * direction >= 0) return bisect(statistic, near, far, target);
    near = far;
  }
  return null;
}

function bisect(statistic: (exponent: number) => number, near: number, far: number, target: number): number {
  let [a, b] = near < far ? [near, far] : [far, near];
  while (b - a > TOLERANCE) {
    const middle = 0.5 * (a + b);
    if (statistic(middle) < target) a = middle;
    else b = middle;
  }
  return 0.5 * (a + b);
}

/** T(λ) and how many pairs it rests on. */
export function truncatedTest(
  pairs: SizedPairs,
  { exponent: controlExponent, scale }: ControlScale,
  bound: number,
) {
  const { count, initial, final, logSize } = pairs;
  const reach = logSize.map((x) => bound * scale * Math.exp((1 - controlExponent) * x));
  // Ascending sizes once, so that "smaller" is "earlier" at every exponent.
  const order = Int32Array.from(initial.keys()).sort((a, b) => initial[a] - initial[b]);
  const [distance, threshold] = [new Float64Array(count), new Float64Array(count)];
  const rank = new Int32Array(count);
  return (exponent: number): { statistic: number; exceedances: number } => {
    let kept = 0;
    for (let place = 0; place < count; place++) {
      const i = order[place];
      const weight = initial[i];
      const change = Math.abs(dualChange(weight, final[i], exponent));
      const limit = Math.max(
        dualChange(weight, weight + reach[i], exponent),
        -dualChange(weight, Math.max(weight - reach[i], 1e-3 * weight), exponent),
      );
      if (!(change > limit)) continue;
      distance[kept] = change;
      threshold[kept] = limit;
      // Equal sizes share a rank: neither is the smaller.
      rank[kept] = kept > 0 && weight === initial[order[place - 1]] ? rank[kept - 1] : place;
      kept++;
    }
    return { statistic: standardisedRank(distance, threshold, rank, kept), exceedances: kept };
  };
}

function standardisedRank(
  distance: Float64Array,
  threshold: Float64Array,
  rank: Int32Array,
  kept: number,
): number {
  let [sum, variance] = [0, 0];
  for (let i = 0; i < kept; i++) {
    const own = distance[i];
    let [eligible, smaller, equal] = [0, 0, 0];
    for (let j = 0; j < kept; j++) {
      if (distance[j] < own || threshold[j] > own) continue;
      eligible++;
      if (rank[j] < rank[i]) smaller++;
      else if (rank[j] === rank[i]) equal++;
    }
    if (eligible < 2) continue;
    sum += smaller + 0.5 * (equal + 1) - 0.5 * (eligible + 1);
    variance += (eligible * eligible - 1) / 12;
  }
  return variance > 0 ? -sum / Math.sqrt(variance) : 0;
}
