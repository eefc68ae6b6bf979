import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { fitNormalMixture } from "./normal-mixture.ts";
import { smearedCdf } from "./smeared-points.ts";

/** Draws whose shares are exact. */
function drawn(count: number, [low, high]: readonly [number, number], share: number, deviation: number) {
  const random = createRandom(11).stream("mixture");
  return Float64Array.from(
    { length: count },
    (_, i) => (i < share * count ? low : high) + deviation * random.normal(),
  );
}

describe("fitNormalMixture", () => {
  it("recovers planted means, shares and σ", () => {
    const { points, shares, deviation } = fitNormalMixture(drawn(20_000, [-3.3, -1.8], 0.74, 0.5));
    // Standard errors with this overlap are below 0.02 for all four; the seed is fixed.
    expect(Math.abs(points[0] + 3.3)).toBeLessThan(0.06);
    expect(Math.abs(points[1] + 1.8)).toBeLessThan(0.06);
    expect(Math.abs(shares[0] - 0.74)).toBeLessThan(0.06);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.03);
    expect(shares[0] + shares[1]).toBeCloseTo(1, 12);
  });

  it("has means and shares of groups that are far apart, and the SD within them", () => {
    const values = [-1, 1, -1, 1, 99, 101];
    const { points, shares, deviation } = fitNormalMixture(values);
    expect(points[0]).toBeCloseTo(0, 8);
    expect(points[1]).toBeCloseTo(100, 8);
    expect(shares[0]).toBeCloseTo(4 / 6, 8);
    expect(deviation).toBeCloseTo(1, 8);
  });

  it("states the log-likelihood of what it found, which no change of it raises", () => {
    const values = drawn(500, [0, 2], 0.4, 1);
    const fit = fitNormalMixture(values);
    const likelihoodOf = (points: Float64Array, deviation: number) => {
      const cdf = smearedCdf({ points, shares: fit.shares, deviation });
      // The density by a difference of 10⁻⁴ about each value: 10⁻⁹ relative.
      return values.reduce((sum, x) => sum + Math.log((cdf(x + 5e-5) - cdf(x - 5e-5)) / 1e-4), 0);
    };
    const best = likelihoodOf(fit.points, fit.deviation);
    expect(fit.logLikelihood).toBeCloseTo(best, 4);
    for (const shift of [-0.05, 0.05]) {
      expect(likelihoodOf(Float64Array.of(fit.points[0] + shift, fit.points[1]), fit.deviation)).toBeLessThan(
        best,
      );
      expect(likelihoodOf(fit.points, fit.deviation + shift)).toBeLessThan(best);
    }
  });

  it("refuses too few values", () => {
    expect(() => fitNormalMixture([1, 1, 1, 1, 1])).toThrow(
      "fitNormalMixture: expected 4 or more values, 3 of them different, got 5 with 1 different; measure more",
    );
  });
});
