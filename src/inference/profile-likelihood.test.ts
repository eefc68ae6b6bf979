import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { estimateByProfile, maximum, type ProfileLikelihood } from "./profile-likelihood.ts";

const options = { level: 0.95, range: { low: -1.5, high: 4 }, step: 0.1, tolerance: 1e-6 };
const z = 1.959963984540054;

/** ℓ_i(λ) = −½ (x_i − λ)²: λ̂ is the mean, H = n, J = Σ(x_i − λ̂)². */
function normalMean(x: Float64Array, cluster: Int32Array | null = null): ProfileLikelihood {
  const each = (exponent: number, out: Float64Array) => {
    for (let k = 0; k < x.length; k++) out[k] = -0.5 * (x[k] - exponent) ** 2;
  };
  return {
    count: x.length,
    cluster,
    clusterCount: cluster === null ? 0 : Math.max(...cluster) + 1,
    at: (exponent) => x.reduce((sum, value) => sum - 0.5 * (value - exponent) ** 2, 0),
    contributionsNear: () => each,
  };
}

function sample(count: number, deviation: number): Float64Array {
  const random = createRandom("profile");
  return Float64Array.from({ length: count }, () => 0.8 + deviation * random.normal());
}

const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;

describe("estimateByProfile", () => {
  it("where the law is right has the interval λ̂ ± z/√H", () => {
    // ±1/2 about the mean: J < H, and the cut-off is never narrowed.
    const x = Float64Array.from({ length: 100 }, (_, k) => 0.8 + (k % 2 === 0 ? 0.5 : -0.5));
    const found = estimateByProfile(normalMean(x), options);
    expect(found.cutoffFactor).toBe(1);
    expect(found.estimate).toBeCloseTo(0.8, 5);
    expect(found.low).toBeCloseTo(0.8 - z / 10, 5);
    expect(found.high).toBeCloseTo(0.8 + z / 10, 5);
  });

  it("where the spread of the scores is larger than the curvature says widens it to the sandwich", () => {
    const x = sample(400, 3);
    const found = estimateByProfile(normalMean(x), options);
    const spread = x.reduce((sum, value) => sum + (value - mean(x)) ** 2, 0) / 400;
    // Central differences of a parabola are exact; rounding of ℓ over a step of 0.015 leaves 1e-9.
    expect((found.cutoffFactor ?? 0) / spread).toBeCloseTo(1, 6);
    expect((found.high ?? 0) - (found.estimate ?? 0)).toBeCloseTo((z * Math.sqrt(spread)) / 20, 4);
  });

  it("with clusters adds the scores of each before they are squared", () => {
    const x = sample(200, 2);
    const twice = Float64Array.from({ length: 400 }, (_, k) => x[k >> 1]);
    const together = Int32Array.from({ length: 400 }, (_, k) => k >> 1);
    const apart = Int32Array.from({ length: 400 }, (_, k) => k);
    const [a, b, c] = [together, apart, null].map((cluster) =>
      estimateByProfile(normalMean(twice, cluster), options),
    );
    expect((a.cutoffFactor ?? 0) / (b.cutoffFactor ?? 0)).toBeCloseTo(2, 6);
    expect(b.cutoffFactor).toBeCloseTo(c.cutoffFactor ?? 0, 10);
  });

  it("has the influence of a pair on λ̂: what leaving it out takes away, to first order", () => {
    const x = sample(50, 1);
    const { influence, estimate } = estimateByProfile(normalMean(x), options);
    for (const [k, value] of x.entries()) {
      const without = (mean(x) * 50 - value) / 49;
      expect(((estimate ?? 0) - without) * (49 / 50)).toBeCloseTo(influence?.[k] ?? Number.NaN, 5);
    }
  });

  it("draws the curve at every step and around the estimate, in order, null where the likelihood is 0", () => {
    const cut: ProfileLikelihood = {
      ...normalMean(sample(50, 1)),
      at: (exponent) => (exponent <= 0 ? Number.NEGATIVE_INFINITY : -50 * (exponent - 0.8) ** 2),
    };
    const { profile, estimate } = estimateByProfile(cut, options);
    const drawn = profile.map(({ exponent }) => exponent);
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    for (let k = 0; k <= 55; k++) expect(drawn).toContain(Math.round(-15 + k) / 10);
    expect(drawn).toContain(estimate);
    expect(profile.every(({ exponent, logLikelihood }) => (logLikelihood === null) === exponent <= 0)).toBe(
      true,
    );
    expect(estimate).toBeCloseTo(0.8, 5);
  });

  it("leaves open an end that lies beyond the exponents looked at, and has no estimate where nothing is possible", () => {
    const flat = estimateByProfile(
      { ...normalMean(sample(50, 1)), at: (λ) => -1e-3 * (λ - 1) ** 2 },
      options,
    );
    expect(flat).toMatchObject({ low: null, high: null });
    const none = estimateByProfile(
      { ...normalMean(sample(50, 1)), at: () => Number.NEGATIVE_INFINITY },
      options,
    );
    expect(none).toMatchObject({
      estimate: null,
      low: null,
      high: null,
      cutoffFactor: null,
      influence: null,
    });
    expect(none.profile.every(({ logLikelihood }) => logLikelihood === null)).toBe(true);
  });
});

describe("maximum", () => {
  it("is the place of the only peak between the ends, to the tolerance, and an end where there is none", () => {
    expect(maximum((x) => -((x - 0.3) ** 4), -2, 2, 1e-8)).toBeCloseTo(0.3, 2);
    expect(maximum((x) => -Math.abs(x - 1.234567), 0, 2, 1e-8)).toBeCloseTo(1.234567, 7);
    expect(maximum((x) => x, 0, 2, 1e-8)).toBeCloseTo(2, 7);
    expect(maximum((x) => -x, 0, 2, 1e-8)).toBeCloseTo(0, 7);
  });
});
