import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { influenceBootstrap, rankBootstrap } from "./cluster-bootstrap.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { type PairedWeights, pairWeights } from "./paired-weights.ts";
import { rankExponent } from "./rank-independence.ts";

const options = (name: string, resamples = 400) => ({ level: 0.95, resamples, random: createRandom(name) });
const clusterSize = 10;

/** Neurons that share the size of their synapses and the size of their changes. */
function clustered(): { readonly initial: Float64Array; readonly final: Float64Array } {
  const random = createRandom("neurons");
  const count = 300;
  const share = () =>
    Float64Array.from({ length: count / clusterSize }, () => Math.exp(0.8 * random.normal()));
  const [size, effect] = [share(), share()];
  const initial = Float64Array.from(
    { length: count },
    (_, i) => size[Math.floor(i / clusterSize)] * Math.exp(0.4 * random.normal()),
  );
  const final = initial.map(
    (weight, i) => weight * Math.exp(0.1 * effect[Math.floor(i / clusterSize)] * random.normal()),
  );
  return { initial, final };
}

function withClusters({ initial, final }: Pick<PairedWeights, "initial" | "final">, size: number) {
  const cluster = Array.from(initial, (_, i) => `neuron ${Math.floor(i / size)}`);
  return continuumPairs(pairWeights(initial, final, { cluster }));
}

const width = ({ low, high }: { low: number | null; high: number | null }) =>
  (high ?? Number.NaN) - (low ?? Number.NaN);

describe("rankBootstrap", () => {
  const pairs = clustered();
  const naive = rankExponent(withClusters(pairs, 1), 1.96);
  const estimate = naive.estimate ?? Number.NaN;
  const whole = rankBootstrap(withClusters(pairs, clusterSize), estimate, options("a"));

  it("is wider than the interval for independent pairs where whole neurons differ", () => {
    expect(width(whole) / width(naive)).toBeGreaterThan(1.5);
    expect(whole.low).toBeLessThan(estimate);
    expect(whole.high).toBeGreaterThan(estimate);
    expect(whole.resamples).toBe(400);
  });

  it("of clusters of one pair is about the interval for independent pairs", () => {
    // The width of a percentile interval of 400 resamples has an error of 6 %; the statistic is a step function besides.
    const singles = rankBootstrap(withClusters(pairs, 1), estimate, options("b"));
    const homogeneous = rankExponent(withClusters(pairs, 1), 1.96);
    expect(width(singles) / width(homogeneous)).toBeGreaterThan(0.75);
    expect(width(singles) / width(homogeneous)).toBeLessThan(1.35);
    expect(width(singles)).toBeLessThan(width(whole));
  });

  it("is repeated bit for bit by the same seed, and moves with another", () => {
    const at = (name: string) => rankBootstrap(withClusters(pairs, clusterSize), estimate, options(name, 60));
    expect(at("a")).toEqual(at("a"));
    expect(at("a")).not.toEqual(at("c"));
  });

  it("does not depend on the order in which the pairs of a neuron are listed", () => {
    const order = Array.from(pairs.initial.keys()).map(
      (i) => i - (i % clusterSize) + (clusterSize - 1 - (i % clusterSize)),
    );
    const turned = {
      initial: Float64Array.from(order, (i) => pairs.initial[i]),
      final: Float64Array.from(order, (i) => pairs.final[i]),
    };
    const [a, b] = [pairs, turned].map((each) =>
      rankBootstrap(withClusters(each, clusterSize), estimate, options("order", 60)),
    );
    // The roots are found to 1e-4.
    expect(b.low).toBeCloseTo(a.low ?? Number.NaN, 3);
    expect(b.high).toBeCloseTo(a.high ?? Number.NaN, 3);
  });

  it("has no ends where there is only one cluster, which says nothing of how clusters differ", () => {
    expect(rankBootstrap(withClusters(pairs, 300), estimate, options("one", 50))).toMatchObject({
      low: null,
      high: null,
    });
  });

  it("says after each resample that it is done", () => {
    let calls = 0;
    rankBootstrap(withClusters(pairs, clusterSize), estimate, {
      ...options("progress", 30),
      onResample: () => calls++,
    });
    expect(calls).toBe(30);
  });
});

describe("influenceBootstrap", () => {
  /** The mean as an estimator: each value moves it by (x − x̄)/n. */
  function ofMean(x: Float64Array, cluster: Int32Array) {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const influence = x.map((value) => (value - mean) / x.length);
    const clusterCount = Math.max(...cluster) + 1;
    return {
      mean,
      found: influenceBootstrap({ cluster, clusterCount }, mean, influence, options("mean", 4000)),
    };
  }
  const random = createRandom("mean");
  const x = Float64Array.from({ length: 120 }, () => 3 + 2 * random.normal());
  const error = (values: Float64Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length,
    );
  };

  it("of independent values has the half-width t·SE of a mean", () => {
    const { mean, found } = ofMean(x, Int32Array.from(x.keys()));
    // 1.980 is the 97.5 % point of t with 119 degrees of freedom; a percentile of 4,000 resamples has an error of 2 %.
    expect(Math.abs(((found.high ?? 0) - mean) / (1.98 * error(x)) - 1)).toBeLessThan(0.1);
    expect(Math.abs((mean - (found.low ?? 0)) / (1.98 * error(x)) - 1)).toBeLessThan(0.1);
  });

  it("of a few clusters is that of their own means, with the t quantile of so few", () => {
    const clusters = 6;
    const shifted = x.map((value, i) => value + 3 * Math.sin(1 + (i % clusters) ** 2));
    const means = Float64Array.from({ length: clusters }, (_, c) =>
      shifted.reduce((sum, value, i) => sum + (i % clusters === c ? (value * clusters) / 120 : 0), 0),
    );
    const { found } = ofMean(
      shifted,
      Int32Array.from(shifted.keys()).map((i) => i % clusters),
    );
    const resampled = Float64Array.from({ length: 20_000 }, () => {
      let sum = 0;
      for (let draw = 0; draw < clusters; draw++) sum += means[random.integer(clusters)] / clusters;
      return sum;
    }).sort();
    const percentiles = resampled[19_500] - resampled[500];
    // 2.571 is the 97.5 % point of t with five degrees of freedom; the percentiles of 4,000 resamples have an error of 2 %.
    const widening = (2.571 / 1.96) * Math.sqrt(clusters / (clusters - 1));
    expect(Math.abs(width(found) / percentiles / widening - 1)).toBeLessThan(0.06);
    expect(width(found)).toBeGreaterThan(0.8 * 2 * 2.571 * error(means));
  });

  it("passes over clusters that no pair is left of", () => {
    const cluster = Int32Array.from({ length: 120 }, (_, i) => i % 12);
    const gaps = cluster.map((c) => 3 * c);
    expect(ofMean(x, gaps).found).toEqual(ofMean(x, cluster).found);
  });
});
