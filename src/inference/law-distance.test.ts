import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { kolmogorovDistance, wassersteinCritical, wassersteinDistance } from "./law-distance.ts";
import { normalCdf, normalQuantile } from "./special-functions.ts";

const N = 400;
const sample = Float64Array.from({ length: N }, (_, i) => normalQuantile((i + 0.5) / N));
const ends = { low: -30, high: 30 };

describe("wassersteinDistance", () => {
  it("is the shift of two normals of one SD", () => {
    for (const shift of [0.5, -3]) {
      const distance = wassersteinDistance(sample, (x) => normalCdf(x - shift), ends);
      // The steps of the sample are within 1/800 of the law, over a width of about 6.
      expect(Math.abs(distance - Math.abs(shift))).toBeLessThan(0.01);
    }
  });

  it("is |σ₁ − σ₂|·√(2/π) of two normals about one mean", () => {
    const distance = wassersteinDistance(sample, (x) => normalCdf(x / 3), ends);
    expect(Math.abs(distance - 2 * Math.sqrt(2 / Math.PI))).toBeLessThan(0.01);
  });

  it("is the distance of a point from the middle of a uniform law by hand", () => {
    const uniform = (x: number) => Math.min(1, Math.max(0, x));
    // ∫₀^½ x dx + ∫_½^1 (1 − x) dx = ¼.
    expect(wassersteinDistance(Float64Array.of(0.5), uniform, { low: 0, high: 1 })).toBeCloseTo(0.25, 12);
  });
});

describe("wassersteinCritical", () => {
  it("is exceeded by 5 of 100 samples of the law", () => {
    const critical = wassersteinCritical(sample, N, createRandom(1));
    const random = createRandom(2);
    const exceeds = Array.from({ length: 2000 }, () => {
      const drawn = Float64Array.from(sample, () => random.normal()).sort();
      return wassersteinDistance(drawn, normalCdf, ends) > critical ? 1 : 0;
    });
    const share = exceeds.reduce<number>((sum, one) => sum + one, 0) / exceeds.length;
    // SDs of 0.005 of the 2000 samples and 0.007 of the 999 resamples; beyond five of them in less than one of a million.
    expect(Math.abs(share - 0.05)).toBeLessThan(0.043);
  });

  it("falls with the root of the count that a few values stand for", () => {
    const [few, many] = [N, 100 * N].map((count) => wassersteinCritical(sample, count, createRandom(1)));
    expect(many).toBeCloseTo(few / 10, 12);
  });
});

describe("kolmogorovDistance", () => {
  it("is half a step for quantiles of the law, and the largest difference of two normals", () => {
    expect(kolmogorovDistance(sample, normalCdf)).toBeCloseTo(0.5 / N, 12);
    const distance = kolmogorovDistance(sample, (x) => normalCdf(x - 1));
    // Largest halfway, Φ(½) − Φ(−½), and half a step more.
    expect(Math.abs(distance - (2 * normalCdf(0.5) - 1))).toBeLessThan(0.5 / N + 1e-4);
  });
});
