import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { pairWeights } from "./paired-weights.ts";
import { independenceTest, rankExponent } from "./rank-independence.ts";
import { fittedScores, scoreOf } from "./rank-scores.ts";
import { simulatePairs } from "./simulate.ts";

/** Changes of either sign whose sizes are log-normal, SD of ln 2. */
function logNormalChanges(count: number, unit = 1) {
  const random = createRandom("log-normal");
  const initial = Float64Array.from({ length: count }, () => unit * Math.exp(random.normal()));
  const change = initial.map((_, i) => unit * (i % 2 === 0 ? 1 : -1) * Math.exp(2 * random.normal()));
  return continuumPairs(
    pairWeights(
      initial,
      initial.map((weight, i) => weight + change[i]),
    ),
  );
}

describe("fittedScores", () => {
  it("of changes with log-normal sizes are straight in the logarithm: −g′/g of a normal density and its kernel", () => {
    const scores = fittedScores(logNormalChanges(5000), 1);
    // g is normal with variance 2² + 0.8²: the score is the quantile of x over it. 256 quantiles lose the tails.
    for (const z of [-1, -0.5, 0, 0.5, 1]) {
      const u =
        { "-1": 0.1587, "-0.5": 0.3085, "0": 0.5, "0.5": 0.6915, "1": 0.8413 }[String(z)] ?? Number.NaN;
      expect(Math.abs(scoreOf(scores, u * 5000 + 0.5, 5000) - (2 * z) / 4.64)).toBeLessThan(0.04);
    }
  });

  it("do not depend on the unit of the weights", () => {
    const [a, b] = [1, 2 ** 20].map((unit) => fittedScores(logNormalChanges(300, unit), 1));
    for (const [k, score] of a.entries()) expect(b[k]).toBeCloseTo(score, 8);
  });

  it("keep T at the true λ of mean 0 and SD 1 whatever the law of the change", () => {
    // 400 data sets of 60 pairs a law: the error of the mean is 0.05 and of the SD 0.035.
    for (const law of ["gaussian", "student-4", "silent"] as const) {
      const values = Array.from({ length: 400 }, (_, k) => {
        const pairs = continuumPairs(simulatePairs({ law, pairs: 60 }, createRandom(`fitted ${law} ${k}`)));
        return independenceTest(pairs, fittedScores(pairs, 0)).at(0);
      });
      const mean = values.reduce((sum, value) => sum + value / 400, 0);
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399);
      expect(Math.abs(mean)).toBeLessThan(0.25);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.18);
    }
  });

  it("where most synapses are silent know λ better than plain ranks do", () => {
    let [plain, fitted] = [0, 0];
    for (let k = 0; k < 60; k++) {
      const pairs = continuumPairs(simulatePairs({ law: "silent" }, createRandom(`better ${k}`)));
      const start = rankExponent(pairs, 1.96).estimate ?? Number.NaN;
      const found = rankExponent(pairs, 1.96, { scores: fittedScores(pairs, start), start }).estimate;
      plain += start ** 2;
      fitted += (found ?? Number.NaN) ** 2;
    }
    // The mean squared error is about half; the ratio from 60 data sets has an error of a tenth.
    expect(fitted / plain).toBeLessThan(1);
  });
});

describe("scoreOf", () => {
  const scores = Float64Array.of(-1, 0, 4);

  it("interpolates between the middles of as many equal shares as there are scores, and is flat beyond them", () => {
    expect([1, 2, 3].map((rank) => scoreOf(scores, rank, 3))).toEqual([-1, 0, 4]);
    // Rank 1 … 6 of six: shares (rank − ½)/6 of three intervals.
    const found = [1, 2, 3, 4, 5, 6].map((rank) => scoreOf(scores, rank, 6));
    for (const [k, wanted] of [-1, -0.75, -0.25, 1, 3, 4].entries()) expect(found[k]).toBeCloseTo(wanted, 12);
  });

  it("of a single score is that score", () => {
    expect(scoreOf(Float64Array.of(7), 3, 9)).toBe(7);
  });
});
