import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { continuumPairs } from "./dual-continuum.ts";
import { latentGridExponent } from "./latent-grid.ts";
import { type NoiseLevels, noisyPairs } from "./measurement-noise.ts";
import { pairWeights } from "./paired-weights.ts";
import { rankExponent } from "./rank-independence.ts";
import { type SimulationSettings, simulatePairs } from "./simulate.ts";

const multiplicative = { additive: 0, multiplicative: 0.1 };
const additive = { additive: 0.1, multiplicative: 0 };

function simulated(settings: Partial<SimulationSettings>, name: string) {
  const noise: NoiseLevels = settings.noise ?? { additive: 0, multiplicative: 0 };
  const pairs = simulatePairs(settings, createRandom(name));
  const sizes = Float64Array.from(pairs.initial, Math.abs);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return noisyPairs(continuumPairs(pairs), {
    additive: noise.additive * mean,
    multiplicative: noise.multiplicative,
  });
}

describe("latentGridExponent", () => {
  const repeats = 4;
  // One estimate from 100 pairs has an SD of 0.1 to 0.15, the mean of four 0.08 at most: 0.3 is four of them.
  it.each([
    [0, multiplicative],
    [1, additive],
    [2, multiplicative],
  ])("recovers λ = %i from changes larger than the noise %j", (exponent, noise) => {
    const found = Array.from({ length: repeats }, (_, k) =>
      latentGridExponent(simulated({ exponent, noise, pairs: 100, changeSize: 0.5 }, `grid ${k}`), 0.95),
    );
    const mean = found.reduce((sum, { estimate }) => sum + (estimate ?? Number.NaN) / repeats, 0);
    expect(Math.abs(mean - exponent)).toBeLessThan(0.3);
    // Three of four miss with probability 0.0005.
    expect(
      found.filter(({ low, high }) => (low ?? -9) > exponent || (high ?? 9) < exponent).length,
    ).toBeLessThan(3);
  });

  it("with hardly any noise comes to where rank independence does", () => {
    const pairs = simulatePairs(
      { exponent: 1, pairs: 150, changeSize: 0.3, signs: "positive" },
      createRandom("quiet"),
    );
    const continuum = continuumPairs(pairs);
    const quiet = latentGridExponent(noisyPairs(continuum, { additive: 0, multiplicative: 0.005 }), 0.95);
    const { estimate } = rankExponent(continuum, 1.96);
    // Two efficient estimates from the same pairs differ by less than the SE, 0.08.
    expect(Math.abs((quiet.estimate ?? Number.NaN) - (estimate ?? Number.NaN))).toBeLessThan(0.15);
  });

  it("keeps flips that the noise explains: weights of either sign near zero do not rule out λ = 0", () => {
    const pairs = simulated(
      { exponent: 0, noise: { additive: 0.3, multiplicative: 0 }, pairs: 120, changeSize: 0.6 },
      "flips",
    );
    const flips = pairs.initial.filter((weight, k) => weight * pairs.final[k] < 0).length;
    expect(flips).toBeGreaterThan(2);
    const { estimate, profile } = latentGridExponent(pairs, 0.95);
    expect(profile.every(({ logLikelihood }) => logLikelihood !== null)).toBe(true);
    expect(Math.abs(estimate ?? Number.NaN)).toBeLessThan(0.6);
  });

  it("treats the two signs alike, zero between them included", () => {
    const noise = { additive: 0.2, multiplicative: 0 };
    const { initial, final } = simulatePairs({ noise, pairs: 40, changeSize: 0.6 }, createRandom("signs"));
    const [plain, reversed] = [1, -1].map((sign) =>
      latentGridExponent(
        noisyPairs(
          continuumPairs(
            pairWeights(
              initial.map((weight) => sign * weight),
              final.map((weight) => sign * weight),
            ),
          ),
          noise,
        ),
        0.95,
      ),
    );
    expect(reversed.estimate).toBeCloseTo(plain.estimate ?? Number.NaN, 2);
    for (const exponent of [-1, -0.5, 0, 0.5, 1, 2]) {
      const [a, b] = [plain, reversed].map(
        ({ profile }) => profile.find((point) => point.exponent === exponent)?.logLikelihood ?? Number.NaN,
      );
      // The simplex stops at 1e-4 in ln L, and takes another path from the mirrored start.
      expect(Math.abs(a - b)).toBeLessThan(0.02);
    }
  });

  it("makes flips beyond the noise as unlikely as they are at λ <= 0", () => {
    const noise = { additive: 0, multiplicative: 0.02 };
    const pairs = simulated({ exponent: 1, initial: "normal", noise, pairs: 60, changeSize: 0.5 }, "beyond");
    expect(pairs.initial.filter((weight, k) => weight * pairs.final[k] < 0).length).toBeGreaterThan(4);
    const { profile } = latentGridExponent(pairs, 0.95);
    const at = (wanted: number) =>
      profile.find(({ exponent }) => exponent === wanted)?.logLikelihood ?? Number.NaN;
    expect(at(0)).toBeLessThan(at(1) - 100);
    expect(at(-1)).toBeLessThan(at(1) - 100);
  });

  it("does not depend on the unit of the weights", () => {
    const { initial, final } = simulatePairs(
      { noise: multiplicative, pairs: 40, changeSize: 0.5 },
      createRandom("unit"),
    );
    const [plain, scaled] = [1, 2 ** 12].map((unit) =>
      latentGridExponent(
        noisyPairs(
          continuumPairs(
            pairWeights(
              initial.map((weight) => unit * weight),
              final.map((weight) => unit * weight),
            ),
          ),
          multiplicative,
        ),
        0.95,
      ),
    );
    // The search for the maximum stops at 1e-3.
    expect(scaled.estimate).toBeCloseTo(plain.estimate ?? Number.NaN, 2);
  });
});
