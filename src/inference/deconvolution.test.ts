import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { deconvolve } from "./deconvolution.ts";
import { kolmogorovDistance } from "./law-distance.ts";
import { smearedCdf } from "./smeared-points.ts";
import { normalCdf, normalQuantile } from "./special-functions.ts";

const N = 1000;
/** Quantiles of N(mean, sd²), which are a sample without chance. */
const normals = (mean: number, sd: number) =>
  Float64Array.from({ length: N }, (_, i) => mean + sd * normalQuantile((i + 0.5) / N));
const momentsOf = ({ points, shares }: { points: Float64Array; shares: Float64Array }) => {
  const mean = points.reduce((sum, point, k) => sum + shares[k] * point, 0);
  const variance = points.reduce((sum, point, k) => sum + shares[k] * (point - mean) ** 2, 0);
  return { mean, variance, total: shares.reduce((sum, share) => sum + share, 0) };
};

describe("deconvolve", () => {
  it("takes the variance of the change from that of the values, as N(5, 4) less N(0, 1) is N(5, 3)", () => {
    const { mean, variance, total } = momentsOf(deconvolve(normals(5, 2), 1, -10));
    expect(total).toBeCloseTo(1, 6);
    expect(mean).toBeCloseTo(5, 2);
    // Quantiles of a thousand lack 0.5 % of the variance in the tails, and the maximum is left within a gap of 10⁻³.
    expect(Math.abs(variance - 3)).toBeLessThan(0.1);
  });

  it("comes as near to the greatest likelihood as it says, where sizes spread over decades", () => {
    const sizes = normals(0, 1.2).map(Math.exp);
    for (const deviation of [0.002, 0.05, 1]) {
      const { gap, isSettled } = deconvolve(sizes, deviation, 0);
      expect(isSettled, `σ ${deviation}`).toBe(true);
      expect(gap).toBeLessThanOrEqual(1e-3);
    }
  });

  it("finds one point where all of the spread is the change", () => {
    const { mean, variance } = momentsOf(deconvolve(normals(5, 1), 1, 0));
    expect(mean).toBeCloseTo(5, 2);
    // A law of SD s changes the mean log-likelihood by about s⁴/4, of which 10⁻³ may be missing: s² up to 0.06.
    expect(variance).toBeLessThan(0.06);
  });

  it("finds two points that a change has smeared", () => {
    const random = createRandom(5).stream("two points");
    const values = Float64Array.from(
      { length: 5000 },
      (_, i) => (i % 4 === 0 ? 8 : 2) + random.normal(),
    ).sort();
    const law = deconvolve(values, 1, 0);
    const near = (place: number) =>
      law.points.reduce((sum, point, k) => sum + (Math.abs(point - place) < 1.5 ? law.shares[k] : 0), 0);
    // The shares of the draw itself are exact; each point is found within some 0.2, so nothing lies beyond 1.5.
    expect(near(2)).toBeCloseTo(0.75, 2);
    expect(near(8)).toBeCloseTo(0.25, 2);
    expect(kolmogorovDistance(values, smearedCdf(law))).toBeLessThan(1.358 / Math.sqrt(5000));
  });

  it("puts nothing below the bound, and then what is near it cannot be explained by a wide change", () => {
    const values = Float64Array.from({ length: N }, (_, i) => -Math.log1p(-(i + 0.5) / N));
    const law = deconvolve(values, 2, 0);
    expect(law.points[0]).toBeGreaterThanOrEqual(0);
    // All mass at 0 would leave half below it; the exponential has none.
    expect(smearedCdf(law)(0)).toBeGreaterThan(0.2);
    expect(kolmogorovDistance(values, smearedCdf(law))).toBeGreaterThan(0.2);
  });
});

describe("smearedCdf", () => {
  it("is the normal for one point, and the weighted sum for several", () => {
    const one = smearedCdf({ points: Float64Array.of(3), shares: Float64Array.of(1), deviation: 2 });
    for (const x of [-20, -1, 3, 4.5, 30]) expect(one(x)).toBeCloseTo(normalCdf((x - 3) / 2), 14);
    const two = smearedCdf({
      points: Float64Array.of(0, 100),
      shares: Float64Array.of(0.3, 0.7),
      deviation: 1,
    });
    expect(two(50)).toBeCloseTo(0.3, 14);
    expect(two(100)).toBeCloseTo(0.3 + 0.35, 14);
  });
});
