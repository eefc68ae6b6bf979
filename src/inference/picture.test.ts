import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { infer } from "./infer.ts";
import { pairWeights } from "./paired-weights.ts";
import { pictureOf } from "./picture.ts";
import { simulatePairs } from "./simulate.ts";

const random = () => createRandom(1);
const pairs = simulatePairs({ exponent: 1, pairs: 400, groups: 2 }, createRandom("picture"));
const fit = infer(pairs, { random: random() });
const picture = pictureOf(pairs, fit, random());

describe("pictureOf", () => {
  it("survives JSON and is repeated by the same seed", () => {
    expect(JSON.parse(JSON.stringify(picture))).toEqual(picture);
    expect(pictureOf(pairs, fit, random())).toEqual(picture);
  });

  it("has histograms that hold every pair once", () => {
    expect(picture.histograms.map(({ potential }) => potential)).toEqual(
      fit.potentials.map(({ name }) => name),
    );
    for (const { edges, density, beyond } of picture.histograms) {
      expect(edges).toHaveLength(density.length + 1);
      const inside = density.reduce((sum, value, k) => sum + value * (edges[k + 1] - edges[k]), 0);
      expect(inside + beyond).toBeCloseTo(1, 10);
    }
  });

  it("has along the continuum the ΔCDF that the fit has for the named potentials", () => {
    for (const { exponent, deltaCdf, deltaCdfCentred } of fit.potentials) {
      const point = picture.continuum.find((each) => each.exponent === exponent);
      expect(point?.deltaCdf).toBeCloseTo(deltaCdf ?? Number.NaN, 10);
      expect(point?.deltaCdfCentred).toBeCloseTo(deltaCdfCentred ?? Number.NaN, 10);
    }
    expect(picture.floor.expected).toBeCloseTo(fit.potentials[0].deltaCdfFloor ?? Number.NaN, 12);
    expect(picture.floor.upper).toBeGreaterThan(picture.floor.expected);
  });

  it("has the statistic of independence in order of λ, within its critical value exactly inside the interval", () => {
    const { critical, points } = picture.independence;
    const { low, high } = fit.exponent;
    const exponents = points.map(({ exponent }) => exponent);
    expect(exponents).toEqual(exponents.toSorted((a, b) => a - b));
    for (const { exponent, statistic } of points) {
      // Ends are found to 1e-6, and T need not be monotone far from them.
      const distance = Math.min(Math.abs(exponent - (low ?? -9)), Math.abs(exponent - (high ?? 9)));
      if (distance < 1e-3 || distance > 0.5) continue;
      expect(Math.abs(statistic) <= critical).toBe(exponent > (low ?? -9) && exponent < (high ?? 9));
    }
  });

  it("shows a sample of the usable pairs with their groups, 3,000 at most", () => {
    expect(picture.sample.of).toBe(400);
    expect(picture.sample.initial).toEqual(Array.from(pairs.initial));
    expect(new Set(picture.sample.group)).toEqual(new Set(["group 0", "group 1"]));
    const many = simulatePairs({ pairs: 5000 }, createRandom("many"));
    const spoiled = pairWeights([...many.initial, 0, Number.NaN], [...many.final, 1, 1]);
    const { sample } = pictureOf(spoiled, fit, random());
    expect([sample.initial.length, sample.final.length, sample.of]).toEqual([3000, 3000, 5000]);
    expect(sample.initial.every((weight) => weight !== 0 && Number.isFinite(weight))).toBe(true);
    expect(sample.group).toBeNull();
  });

  it("leaves out the histogram of a potential whose domain does not hold the weights", () => {
    const other = { ...fit, potentials: fit.potentials.map((score) => ({ ...score, name: "logit:1" })) };
    expect(pictureOf(pairs, other, random()).histograms).toEqual([]);
  });
});
