import { describe, expect, it } from "vitest";
import { potentialOfExponent } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { deltaCdf } from "./delta-cdf.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { leastScore, scoreExponents, scoringMethods } from "./exponent-scores.ts";
import { infer } from "./infer.ts";
import { pairWeights } from "./paired-weights.ts";
import { simulatePairs } from "./simulate.ts";
import { studentLikelihood } from "./student-likelihood.ts";

const EXPONENTS = [0, 0.5, 1, 1.5, 2];
const one = simulatePairs({ exponent: 1, pairs: 300 }, createRandom("scores"));

describe("scoreExponents", () => {
  it("has the paper's ΔCDF and its centred form where there are no groups", () => {
    const scores = scoreExponents(one, EXPONENTS);
    for (const [k, exponent] of EXPONENTS.entries()) {
      const found = deltaCdf(potentialOfExponent(exponent), one.initial, one.final);
      // A z within rounding of a grid point may fall on its other side: one count of 300, 3e-5.
      expect(found).toMatchObject({
        uncentred: expect.closeTo(scores["delta-cdf"][k], 4),
        centred: expect.closeTo(scores["delta-cdf-centred"][k], 4),
      });
    }
  });

  it("has the likelihood and the distance to λ̂ of inference", () => {
    const scores = scoreExponents(one, EXPONENTS);
    const student = studentLikelihood(continuumPairs(one));
    const { exponent } = infer(one, { random: createRandom(1) });
    for (const [k, candidate] of EXPONENTS.entries()) {
      expect(-scores["student-likelihood"][k]).toBe(student.at(candidate));
      // The root is found to 1e-4 here.
      expect(scores["rank-independence"][k]).toBeCloseTo(Math.abs(Number(exponent.estimate) - candidate), 3);
    }
  });

  // Each picks the right one of three in all but 1 of 100 at n = 1000 without noise, and 2 of 200 are let go.
  it.each([0, 1, 2])("finds λ = %i of Gaussian changes of 20 %% by every method", (exponent) => {
    const wrong = new Map(scoringMethods.map((method) => [method, 0]));
    for (let k = 0; k < 10; k++) {
      const pairs = simulatePairs({ exponent, pairs: 1000 }, createRandom(`right ${exponent} ${k}`));
      const scores = scoreExponents(pairs, [0, 1, 2]);
      for (const method of scoringMethods)
        if (leastScore(scores[method]) !== exponent) wrong.set(method, (wrong.get(method) ?? 0) + 1);
    }
    for (const [method, count] of wrong) expect(count, method).toBeLessThanOrEqual(1);
  });

  it("is not misled by scales that differ between groups, where every method is told of them", () => {
    const grouped = simulatePairs({ exponent: 2, pairs: 2000, groups: 8 }, createRandom("groups"));
    const own = scoreExponents(grouped, EXPONENTS);
    const pooled = scoreExponents({ ...grouped, group: null }, EXPONENTS);
    for (const method of scoringMethods) expect(leastScore(own[method]), method).toBe(4);
    expect(leastScore(pooled["delta-cdf"])).not.toBe(4);
  });

  it("leaves λ = 0 out by likelihood and Spearman where a sign changed, and W beyond 5000 pairs", () => {
    const flipped = pairWeights(
      one.initial,
      one.final.map((weight, k) => (k === 0 ? -weight : weight)),
    );
    const scores = scoreExponents(flipped, [0, 1]);
    expect(scores["gaussian-likelihood"][0]).toBe(Number.POSITIVE_INFINITY);
    expect(scores["student-likelihood"][0]).toBe(Number.POSITIVE_INFINITY);
    expect(scores.spearman[0]).toBeNaN();
    const many = simulatePairs({ pairs: 5001 }, createRandom("many"));
    expect(leastScore(scoreExponents(many, [0, 1])["shapiro-wilk"])).toBeNull();
  });
});
