import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { continuumPairs } from "./dual-continuum.ts";
import {
  changeBeyondNoise,
  type NoiseLevels,
  noiseOfRepeats,
  noiseVariance,
  noisyPairs,
} from "./measurement-noise.ts";
import { pairWeights } from "./paired-weights.ts";
import { simulatePairs } from "./simulate.ts";

const none: NoiseLevels = { additive: 0, multiplicative: 0 };

/** Two readings of log-normal weights that did not change. */
function repeats(
  count: number,
  noise: NoiseLevels,
  name: string,
): { first: Float64Array; second: Float64Array } {
  const random = createRandom(name);
  const weights = Float64Array.from({ length: count }, () => Math.exp(0.8 * random.normal()));
  const read = (weight: number) =>
    weight + Math.hypot(noise.additive, noise.multiplicative * weight) * random.normal();
  return { first: weights.map(read), second: weights.map(read) };
}

describe("noiseOfRepeats", () => {
  const rows = [
    { additive: 0.1, multiplicative: 0 },
    { additive: 0, multiplicative: 0.1 },
    { additive: 0.1, multiplicative: 0.1 },
    { additive: 0.02, multiplicative: 0.2 },
  ];

  it.each(rows)(
    "recovers additive $additive and multiplicative $multiplicative from 5,000 repeats",
    (noise) => {
      const { first, second } = repeats(5000, noise, "recover");
      const found = noiseOfRepeats(first, second);
      expect(found.used).toBe(5000);
      // The variance of either kind is known to 1/√(n/2) = 2 % of the larger one, so that a kind that is not there comes out
      // below about 15 % of the one that is, in SD.
      const largest = Math.max(noise.additive, noise.multiplicative);
      expect(Math.abs(found.additive ** 2 - noise.additive ** 2)).toBeLessThan(0.1 * largest ** 2);
      expect(Math.abs(found.multiplicative ** 2 - noise.multiplicative ** 2)).toBeLessThan(
        0.1 * largest ** 2,
      );
    },
  );

  it("has the unit of the weights in the additive part only", () => {
    const { first, second } = repeats(300, { additive: 0.1, multiplicative: 0.1 }, "unit");
    const [plain, scaled] = [1, 1000].map((unit) =>
      noiseOfRepeats(
        first.map((weight) => unit * weight),
        second.map((weight) => unit * weight),
      ),
    );
    expect(scaled.additive / plain.additive).toBeCloseTo(1000, 1);
    expect(scaled.multiplicative).toBeCloseTo(plain.multiplicative, 5);
  });

  it("leaves out what is missing or absent in either reading, and says how many remain", () => {
    const { first, second } = repeats(50, { additive: 0.1, multiplicative: 0 }, "missing");
    const plain = noiseOfRepeats(first, second);
    const spoiled = [Number.NaN, 0, Number.POSITIVE_INFINITY];
    const found = noiseOfRepeats(
      Float64Array.of(...first, ...spoiled, 1, 1),
      Float64Array.of(...second, 1, 1, 1, Number.NaN, 0),
    );
    expect(found).toEqual(plain);
    expect(found.used).toBe(50);
  });

  it("is zero where the readings agree, and where there are none", () => {
    const { first } = repeats(50, none, "same");
    expect(noiseOfRepeats(first, first)).toMatchObject({ additive: 0, multiplicative: 0, used: 50 });
    expect(noiseOfRepeats(new Float64Array(), new Float64Array())).toMatchObject({
      additive: 0,
      multiplicative: 0,
      used: 0,
    });
  });
});

describe("noisyPairs", () => {
  it("are the weights over their geometric mean, signs and flips kept, the additive noise in the same unit", () => {
    const continuum = continuumPairs(pairWeights([2, -3, 0.5], [2.5, 1, 0.25]));
    const pairs = noisyPairs(continuum, { additive: 0.4, multiplicative: 0.1 });
    const unit = Math.exp(continuum.logScale);
    for (const [k, weight] of [2, -3, 0.5].entries()) expect(pairs.initial[k] * unit).toBeCloseTo(weight, 12);
    for (const [k, weight] of [2.5, 1, 0.25].entries()) expect(pairs.final[k] * unit).toBeCloseTo(weight, 12);
    expect(pairs.noise.additive * unit).toBeCloseTo(0.4, 12);
    expect(pairs.noise.multiplicative).toBe(0.1);
    const middle = (0.5 * (2 + 2.5)) / unit;
    expect(noiseVariance(pairs, 0)).toBeCloseTo(2 * (0.4 / unit) ** 2 + 2 * (0.1 * middle) ** 2, 12);
  });
});

describe("changeBeyondNoise", () => {
  const judged = (
    noise: NoiseLevels,
    changeSize: number,
    name: string,
    count: number,
    repeated: number | null = null,
  ) => {
    const pairs = simulatePairs({ pairs: count, noise, changeSize, signs: "positive" }, createRandom(name));
    const mean = Float64Array.from(pairs.initial).reduce((sum, weight) => sum + weight, 0) / count;
    const known = { additive: noise.additive * mean, multiplicative: noise.multiplicative };
    return changeBeyondNoise(noisyPairs(continuumPairs(pairs), known), repeated);
  };

  it.each([
    { additive: 0.1, multiplicative: 0 },
    { additive: 0, multiplicative: 0.1 },
    { additive: 0.1, multiplicative: 0.1 },
  ])("without learning hardly ever says so: additive $additive, multiplicative $multiplicative", (noise) => {
    let alarms = 0;
    let sum = 0;
    for (let k = 0; k < 500; k++) {
      const { beyond, changeOverNoise } = judged(noise, 1e-9, `null ${k}`, 200);
      if (beyond) alarms++;
      sum += changeOverNoise / 500;
    }
    // Four standard errors of a mean of 200 squares: about 1 in 2,000 by their skewness; nine in 500 fail once in 10⁹.
    expect(alarms).toBeLessThan(9);
    // The mean of 500 ratios whose SD is at most 0.1, which the few large weights carry.
    expect(Math.abs(sum - 1)).toBeLessThan(0.05);
  });

  it.each([
    { additive: 0.1, multiplicative: 0 },
    { additive: 0, multiplicative: 0.1 },
  ])(
    "sees a change of 20 % beyond additive $additive, multiplicative $multiplicative in 200 pairs",
    (noise) => {
      for (let k = 0; k < 50; k++) expect(judged(noise, 0.2, `change ${k}`, 200).beyond).toBe(true);
    },
  );

  it("is more careful the fewer the repeats that the noise is known from", () => {
    const noise = { additive: 0, multiplicative: 0.1 };
    const found = [null, 100_000, 10].map((repeated) => judged(noise, 0.15, "careful", 200, repeated).beyond);
    expect(found).toEqual([true, true, false]);
  });

  it("is the root of the ratio of squared change to the noise of a difference", () => {
    const pairs = noisyPairs(continuumPairs(pairWeights([1, 2, 4], [1.5, 2.5, 3])), {
      additive: 0.3,
      multiplicative: 0,
    });
    const { changeOverNoise, localRatio } = changeBeyondNoise(pairs, null);
    expect(changeOverNoise).toBeCloseTo(Math.sqrt((0.25 + 0.25 + 1) / (3 * 2 * 0.09)), 12);
    expect(localRatio).toBeCloseTo(changeOverNoise, 12);
  });
});
