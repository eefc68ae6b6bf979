import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { type ContinuumPairs, continuumPairs, dualChangesAt } from "./dual-continuum.ts";
import { type PairedWeights, pairWeights } from "./paired-weights.ts";
import { type ChangeLaw, simulatePairs } from "./simulate.ts";
import { likelihoodExponent, studentLikelihood } from "./student-likelihood.ts";

const exponents = [-1, -0.3, 0, 0.5, 1, 1.7, 2.5];

function simulated(exponent: number, law: ChangeLaw = "gaussian", pairs = 300): PairedWeights {
  return simulatePairs(
    { exponent, law, pairs, signs: "positive" },
    createRandom(`likelihood ${exponent} ${law}`),
  );
}

/** Log-normal weights whose logarithms change by a uniform number: lighter tails than any Student t. */
function lightTailed(): ContinuumPairs {
  const random = createRandom("light tails");
  const initial = Float64Array.from({ length: 400 }, () => Math.exp(0.8 * random.normal()));
  return continuumPairs(
    pairWeights(
      initial,
      initial.map((weight) => weight * Math.exp(0.4 * random.uniform())),
    ),
  );
}

/** −n ln σ̂ − n/2 ln 2πe + (λ − 1) Σ ln|w¹|, weights over their geometric mean. */
function gaussianProfile(pairs: ContinuumPairs, exponent: number): number {
  const { count, logInitial, logRatio } = pairs;
  const changes = dualChangesAt(pairs, exponent, new Float64Array(count));
  const mean = changes.reduce((sum, change) => sum + change, 0) / count;
  const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / count;
  const logFinal = logInitial.reduce((sum, value, k) => sum + value + logRatio[k], 0);
  return -0.5 * count * Math.log(2 * Math.PI * Math.E * variance) + (exponent - 1) * logFinal;
}

describe("studentLikelihood", () => {
  it("where the Gaussian fits best is −n ln σ̂ + (λ − 1) Σ ln|w¹| and a constant", () => {
    const pairs = lightTailed();
    const likelihood = studentLikelihood(pairs);
    for (const exponent of [-0.2, 0, 0.1, 0.3]) {
      expect(likelihood.fitAt(exponent)?.degreesOfFreedom).toBe(Number.POSITIVE_INFINITY);
      expect(likelihood.at(exponent)).toBeCloseTo(gaussianProfile(pairs, exponent), 8);
    }
  });

  it("is never below the Gaussian profile, one of the laws it takes the best of", () => {
    const pairs = continuumPairs(simulated(0, "student-4"));
    const likelihood = studentLikelihood(pairs);
    for (const exponent of exponents) {
      expect(likelihood.at(exponent)).toBeGreaterThan(gaussianProfile(pairs, exponent) - 1e-9);
    }
    expect(likelihood.at(0)).toBeGreaterThan(gaussianProfile(pairs, 0) + 10);
  });

  it("is a density of w¹: stretching the changes and the Jacobian together is no advantage", () => {
    // The same changes in another unit of the dual: σ̂ grows by the factor, the Jacobian by its logarithm.
    const pairs = continuumPairs(simulated(1));
    const likelihood = studentLikelihood(pairs);
    const changes = dualChangesAt(pairs, 0.5, new Float64Array(pairs.count));
    const logFinal = pairs.logInitial.reduce((sum, value, k) => sum + value + pairs.logRatio[k], 0);
    const plain = likelihood.of(changes, -0.5 * logFinal);
    const stretched = likelihood.of(
      changes.map((change) => 20 * change),
      -0.5 * logFinal + pairs.count * Math.log(20),
    );
    expect(plain).toBeCloseTo(likelihood.at(0.5), 6);
    expect(stretched).toBeCloseTo(plain, 6);
  });

  it("is −∞ for λ <= 0 as soon as one sign changed, and finite above", () => {
    const { initial, final } = simulated(1);
    const flipped = pairWeights(
      initial,
      final.map((weight, i) => (i === 7 ? -weight : weight)),
    );
    const likelihood = studentLikelihood(continuumPairs(flipped));
    for (const exponent of exponents) {
      expect(likelihood.at(exponent) === Number.NEGATIVE_INFINITY).toBe(exponent <= 0);
    }
    expect(likelihood.fitAt(0)).toBeNull();
    const { profile, estimate } = likelihoodExponent(continuumPairs(flipped), 0.95);
    expect(profile.every(({ exponent, logLikelihood }) => (logLikelihood === null) === exponent <= 0)).toBe(
      true,
    );
    expect(estimate).toBeGreaterThan(0);
  });

  it("contributions sum to the likelihood at the degrees of freedom of the estimate", () => {
    const pairs = continuumPairs(simulated(0, "student-4"));
    const likelihood = studentLikelihood(pairs);
    const each = new Float64Array(pairs.count);
    likelihood.contributionsNear(0)(0, each);
    expect(each.reduce((sum, value) => sum + value, 0)).toBeCloseTo(likelihood.at(0), 6);
  });

  it("has its own location and scale for each group", () => {
    const { initial, final } = simulated(0);
    const group = Array.from(initial, (_, i) => `group ${i % 3}`);
    const stretch = (weights: PairedWeights["initial"]) =>
      Float64Array.from(weights, (weight, i) => weight * 10 ** (i % 3));
    const pooled = continuumPairs(pairWeights(initial, final, { group }));
    const spread = continuumPairs(pairWeights(stretch(initial), stretch(final), { group }));
    const [a, b] = [pooled, spread].map(studentLikelihood);
    for (const exponent of exponents) expect(b.at(exponent)).toBeCloseTo(a.at(exponent), 5);
  });
});

describe("likelihoodExponent", () => {
  // SE(λ̂) = √((κ − 1)/2)/√(2n Var ln|w|) = 0.05 (Gaussian) and 0.06 (t₄): 0.25 and 0.3 are five of them.
  it.each([0, 1, 2])("recovers λ = %i from 300 Gaussian changes, its interval around it", (exponent) => {
    const { estimate, low, high, degreesOfFreedom, cutoffFactor } = likelihoodExponent(
      continuumPairs(simulated(exponent)),
      0.95,
    );
    expect(Math.abs((estimate ?? Number.NaN) - exponent)).toBeLessThan(0.25);
    expect(low).toBeLessThan(estimate ?? Number.NaN);
    expect(high).toBeGreaterThan(estimate ?? Number.NaN);
    expect((high ?? 9) - (low ?? -9)).toBeLessThan(0.5);
    expect(degreesOfFreedom === null || degreesOfFreedom === 8).toBe(true);
    expect(cutoffFactor).toBeGreaterThanOrEqual(1);
  });

  it("recovers λ = 0 from 300 heavy-tailed changes, and their degrees of freedom", () => {
    const { estimate, degreesOfFreedom } = likelihoodExponent(
      continuumPairs(simulated(0, "student-4")),
      0.95,
    );
    expect(Math.abs(estimate ?? Number.NaN)).toBeLessThan(0.3);
    expect(degreesOfFreedom).toBe(4);
  });

  it("does not depend on the unit of the weights: estimate, ends, and differences of the curve", () => {
    const { initial, final } = simulated(1, "student-4");
    const [plain, scaled] = [1, 1e-6].map((unit) =>
      likelihoodExponent(
        continuumPairs(
          pairWeights(
            initial.map((weight) => unit * weight),
            final.map((weight) => unit * weight),
          ),
        ),
        0.95,
      ),
    );
    // The searches stop at 1e-5.
    for (const key of ["estimate", "low", "high"] as const)
      expect(scaled[key]).toBeCloseTo(plain[key] ?? Number.NaN, 4);
    const drop = (fit: typeof plain) =>
      fit.profile.map(({ logLikelihood }) => (logLikelihood ?? 0) - (fit.profile[0].logLikelihood ?? 0));
    for (const [k, value] of drop(plain).entries()) expect(drop(scaled)[k]).toBeCloseTo(value, 5);
  });

  it("widens its interval where changes within a cluster share their size", () => {
    const random = createRandom("clusters");
    const scale = Float64Array.from({ length: 30 }, () => Math.exp(0.8 * random.normal()));
    const initial = Float64Array.from(
      { length: 300 },
      (_, i) => scale[i % 30] * Math.exp(0.3 * random.normal()),
    );
    const effect = Float64Array.from({ length: 30 }, () => Math.exp(0.8 * random.normal()));
    const final = initial.map((weight, i) => weight * Math.exp(0.1 * effect[i % 30] * random.normal()));
    const cluster = Array.from(initial, (_, i) => `neuron ${i % 30}`);
    const [naive, clustered] = [{}, { cluster }].map((labels) =>
      likelihoodExponent(continuumPairs(pairWeights(initial, final, labels)), 0.95),
    );
    expect(clustered.estimate).toBe(naive.estimate);
    expect((clustered.cutoffFactor ?? 0) / (naive.cutoffFactor ?? 1)).toBeGreaterThan(1.5);
    expect(clustered.low).toBeLessThan(naive.low ?? Number.NaN);
    expect(clustered.high).toBeGreaterThan(naive.high ?? Number.NaN);
  });
});
