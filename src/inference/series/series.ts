/** Sizes at several times: how exponent and variance depend on the lag, and who is born and eliminated. */

import { InputError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { bootstrapInterval } from "../cluster-bootstrap.ts";
import { continuumPairs } from "../dual-continuum.ts";
import { estimateWithoutNoise } from "../estimate.ts";
import type { ExponentEstimate } from "../geometry-fit.ts";
import { labelsOf, type PairedWeights, pairWeights } from "../paired-weights.ts";
import { exponentByMeanSize, type SizeVariablePoint, sizeVariableTable, truthOf } from "./size-variable.ts";

const SERIES_SCHEMA = "syngeo.series/1";

/** `sizes[t][i]`: synapse i at time t; 0 where it was absent, NaN where it was not measured. */
export interface SizeSeries {
  readonly source: string;
  readonly times: readonly number[];
  readonly sizes: readonly Float64Array[];
  /** One label a synapse; synapses are independent of each other without. */
  readonly cluster: readonly string[] | null;
}

export interface LagFit {
  readonly lag: number;
  /** Pairs of times so far apart. */
  readonly intervals: number;
  /** Synapses present at both ends, each interval counted. */
  readonly pairs: number;
  readonly births: number;
  readonly eliminations: number;
  /** Variance of the change, in the square of the unit. */
  readonly variance: number;
  /** Median of |δ|/w⁰. */
  readonly relativeChange: number;
  /** λ by rank independence of the first size. */
  readonly byFirstSize: ExponentEstimate;
  /** λ read off against the mean of both sizes. */
  readonly byMeanSize: number | null;
  /** The true λ under which each would be read off, by simulation on these sizes; null beyond −0.5 … 2. */
  readonly corrected: { readonly first: number | null; readonly mean: number | null };
  readonly sizeVariable: readonly SizeVariablePoint[];
}

/** A quarter of the synapses by size, over the shortest lag. */
export interface TurnoverQuarter {
  readonly from: number;
  readonly to: number;
  readonly synapses: number;
  /** Share that is absent at the end of the lag. */
  readonly eliminated: number;
  /** Share of all births that are of this size. */
  readonly born: number;
}

export interface SeriesFit {
  readonly schema: typeof SERIES_SCHEMA;
  readonly source: string;
  readonly times: readonly number[];
  readonly lags: readonly LagFit[];
  /** Variance ∝ lag^exponent; 1 for a random walk, 0 where the sizes fluctuate about their own mean. */
  readonly growth: {
    readonly exponent: number;
    readonly low: number | null;
    readonly high: number | null;
  } | null;
  readonly turnover: readonly TurnoverQuarter[];
  readonly clusters: number;
}

export interface SeriesOptions {
  readonly random: Random;
  readonly level?: number;
  readonly resamples?: number;
  onProgress?(done: number, total: number, label: string): void;
}

const QUARTERS = 4;
const FEWEST_PAIRS = 20;

/**
 * All lags with at least twenty pairs.
 *
 * Every pair of times of one lag is pooled; a synapse is its own cluster where none is given, for it gives several intervals.
 * The growth of the variance is the slope of ln variance on ln lag weighted by pairs, its interval from whole clusters.
 *
 * @throws InputError `too-few-times`, `too-few-pairs`, `bad-level`
 */
export function fitSeries(series: SizeSeries, options: SeriesOptions): SeriesFit {
  const { times, sizes, source } = series;
  const level = options.level ?? 0.95;
  const resamples = options.resamples ?? 200;
  if (times.length < 3) {
    throw new InputError({
      code: "too-few-times",
      message: `${source}: expected at least three times, got ${times.length} (${times.join(", ")}); use syngeo infer for two`,
    });
  }
  const clusters = series.cluster ?? Array.from(sizes[0], (_, i) => String(i));
  const pooled = pooledByLag(series, clusters);
  const usable = pooled.filter(({ pairs }) => presentAtBoth(pairs).length >= FEWEST_PAIRS);
  if (usable.length === 0) {
    throw new InputError({
      code: "too-few-pairs",
      message: `${source}: expected a lag with at least ${FEWEST_PAIRS} synapses present at both ends, got none of ${pooled.length}; give more synapses`,
    });
  }
  const lags = usable.map((lag, k) => {
    options.onProgress?.(k, usable.length, `lag ${lag.lag}`);
    return fitLag(lag, level, resamples, options.random.stream(`lag ${lag.lag}`));
  });
  return {
    schema: SERIES_SCHEMA,
    source,
    times,
    lags,
    growth: growthOf(usable, level, resamples, options.random.stream("growth")),
    turnover: turnoverOf(usable[0].pairs),
    clusters: labelsOf(clusters).names.length,
  };
}

interface Lag {
  readonly lag: number;
  readonly intervals: number;
  readonly pairs: PairedWeights;
}

function pooledByLag({ times, sizes, source }: SizeSeries, clusters: readonly string[]): Lag[] {
  const byLag = new Map<number, (readonly [number, number])[]>();
  for (let a = 0; a < times.length; a++) {
    for (let b = a + 1; b < times.length; b++) {
      // Rounded, so that 0.3 − 0.2 and 0.2 − 0.1 are one lag.
      const lag = Number(Math.abs(times[b] - times[a]).toPrecision(9));
      byLag.set(lag, [...(byLag.get(lag) ?? []), [a, b]]);
    }
  }
  return Array.from(byLag, ([lag, ends]) => {
    const join = (side: 0 | 1) => Float64Array.from(ends.flatMap((end) => Array.from(sizes[end[side]])));
    const cluster = ends.flatMap(() => clusters);
    return { lag, intervals: ends.length, pairs: pairWeights(join(0), join(1), { source, cluster }) };
  }).sort((a, b) => a.lag - b.lag);
}

function presentAtBoth({ initial, final }: PairedWeights): number[] {
  return Array.from(initial.keys()).filter(
    (i) => initial[i] > 0 && final[i] > 0 && Number.isFinite(initial[i]) && Number.isFinite(final[i]),
  );
}

function fitLag({ lag, intervals, pairs }: Lag, level: number, resamples: number, random: Random): LagFit {
  const places = presentAtBoth(pairs);
  const initial = Float64Array.from(places, (i) => pairs.initial[i]);
  const final = Float64Array.from(places, (i) => pairs.final[i]);
  const change = final.map((size, i) => size - initial[i]);
  const relative = change.map((delta, i) => Math.abs(delta) / initial[i]).sort();
  const relativeChange = relative[relative.length >> 1];
  const changed = Int32Array.from(places).filter((i) => pairs.initial[i] !== pairs.final[i]);
  const { exponent } = estimateWithoutNoise(continuumPairs(pairs, changed), { level, resamples, random });
  const byMeanSize = exponentByMeanSize(initial, final);
  const sizeVariable = sizeVariableTable(initial, relativeChange, random.stream("size variable"));
  return {
    lag,
    intervals,
    pairs: places.length,
    births: count(pairs, (a, b) => a === 0 && b !== 0),
    eliminations: count(pairs, (a, b) => a !== 0 && b === 0),
    variance: varianceOf(change),
    relativeChange,
    byFirstSize: exponent,
    byMeanSize,
    corrected: {
      first: truthOf(sizeVariable, "first", exponent.estimate),
      mean: truthOf(sizeVariable, "mean", byMeanSize),
    },
    sizeVariable,
  };
}

function count({ initial, final }: PairedWeights, claim: (a: number, b: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < initial.length; i++) {
    if (Number.isFinite(initial[i]) && Number.isFinite(final[i]) && claim(initial[i], final[i])) found++;
  }
  return found;
}

function varianceOf(change: Float64Array): number {
  const mean = change.reduce((sum, delta) => sum + delta, 0) / change.length;
  return change.reduce((sum, delta) => sum + (delta - mean) ** 2, 0) / Math.max(1, change.length - 1);
}

/** Sums of δ and δ² of each cluster at each lag, from which every resample has its variances. */
function growthOf(
  lags: readonly Lag[],
  level: number,
  resamples: number,
  random: Random,
): SeriesFit["growth"] {
  if (lags.length < 2) return null;
  const names = lags[0].pairs.cluster?.names.length ?? 0;
  const sums = lags.map(({ pairs }) => {
    const each = Array.from({ length: names }, () => [0, 0, 0]);
    for (const i of presentAtBoth(pairs)) {
      const own = each[pairs.cluster?.index[i] ?? 0];
      const delta = pairs.final[i] - pairs.initial[i];
      own[0]++;
      own[1] += delta;
      own[2] += delta * delta;
    }
    return each;
  });
  const slope = (drawn: readonly number[]) =>
    weightedSlope(
      sums.map((each, k) => {
        const [n, sum, squares] = [0, 1, 2].map((part) =>
          drawn.reduce((total, c) => total + each[c][part], 0),
        );
        return { x: Math.log(lags[k].lag), y: Math.log(squares / n - (sum / n) ** 2), weight: n };
      }),
    );
  const all = Array.from({ length: names }, (_, c) => c);
  const exponent = slope(all);
  const found = Array.from({ length: resamples }, () => slope(all.map(() => random.integer(names))));
  const { low, high } = bootstrapInterval(found.filter(Number.isFinite), exponent, names, level);
  return { exponent, low, high };
}

function weightedSlope(points: readonly { x: number; y: number; weight: number }[]): number {
  const known = points.filter(({ y, weight }) => Number.isFinite(y) && weight > 0);
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (point: (typeof known)[number]) => number) =>
    known.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  return mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
}

/** Quarters of the sizes present at the start of the shortest lag. */
function turnoverOf({ initial, final }: PairedWeights): TurnoverQuarter[] {
  const measured = Array.from(initial.keys()).filter(
    (i) => Number.isFinite(initial[i]) && Number.isFinite(final[i]),
  );
  const present = measured.filter((i) => initial[i] > 0).sort((a, b) => initial[a] - initial[b]);
  const births = measured.filter((i) => initial[i] === 0 && final[i] > 0).map((i) => final[i]);
  if (present.length < QUARTERS) return [];
  return Array.from({ length: QUARTERS }, (_, q) => {
    const start = Math.floor((q * present.length) / QUARTERS);
    const end = Math.floor(((q + 1) * present.length) / QUARTERS);
    const members = present.slice(start, end);
    const from = initial[members[0]];
    const to = q === QUARTERS - 1 ? initial[members[members.length - 1]] : initial[present[end]];
    const born = births.filter((size) => (q === 0 || size >= from) && (q === QUARTERS - 1 || size < to));
    return {
      from,
      to,
      synapses: members.length,
      eliminated: members.filter((i) => final[i] === 0).length / members.length,
      born: births.length === 0 ? 0 : born.length / births.length,
    };
  });
}
