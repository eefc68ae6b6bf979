import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { pairWeights } from "./paired-weights.ts";
import { simulatePairs } from "./simulate.ts";
import { changeBySize } from "./size-bins.ts";

const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

describe("changeBySize", () => {
  it("holds every pair once, in bins of about one number, ordered by size", () => {
    const pairs = simulatePairs({ pairs: 500 }, createRandom("bins"));
    const bins = changeBySize(pairs, 0.95, all(500));
    expect(bins).toHaveLength(12);
    expect(bins.reduce((sum, bin) => sum + bin.pairs, 0)).toBe(500);
    for (const [k, bin] of bins.entries()) {
      expect(Math.abs(bin.pairs - 500 / 12)).toBeLessThan(1);
      if (k > 0) expect(bin.size).toBeGreaterThan(bins[k - 1].size);
      expect(bin.low).toBeLessThan(bin.deviation);
      expect(bin.high).toBeGreaterThan(bin.deviation);
    }
  });

  it("has the geometric mean of |w⁰|, and the mean and SD of w¹ − w⁰", () => {
    const [initial, final] = [
      [2, -8, 4],
      [3, -6, 4.5],
    ];
    const [bin] = changeBySize(pairWeights(initial, final), 0.95, all(3));
    expect(bin).toMatchObject({
      pairs: 3,
      size: expect.closeTo(4, 12),
      mean: expect.closeTo(3.5 / 3, 12),
      curvature: 1,
    });
    const squares = [1, 2, 0.5].reduce((sum, change) => sum + (change - 3.5 / 3) ** 2, 0);
    expect(bin.deviation).toBeCloseTo(Math.sqrt(squares / 2), 12);
  });

  it.each([0, 1, 2])("shows the curvature of λ = %i: the SD grows as |w|^(1 − λ)", (exponent) => {
    const pairs = simulatePairs(
      { exponent, pairs: 6000, changeSize: 0.02 },
      createRandom(`slope ${exponent}`),
    );
    // Weights of the 3-norm near zero change by more than their size, where the first-order form has no meaning.
    const bins = changeBySize(pairs, 0.95, all(6000)).filter(({ size, deviation }) => deviation < 0.2 * size);
    expect(bins.length).toBeGreaterThan(6);
    const [first, last] = [bins[0], bins[bins.length - 1]];
    const slope = Math.log(last.deviation / first.deviation) / Math.log(last.size / first.size);
    // An SD from 500 pairs has an error of 3 %, and the sizes span a factor of ten.
    expect(Math.abs(slope - (1 - exponent))).toBeLessThan(0.12);
    const middle = bins.map(({ curvature, deviation }) => curvature * deviation);
    for (const product of middle) expect(product / middle[0]).toBeCloseTo(1, 12);
  });

  it("has bands that hold the true SD about as often as the level says", () => {
    let [inside, total] = [0, 0];
    for (let k = 0; k < 40; k++) {
      const random = createRandom(`bands ${k}`);
      const initial = Float64Array.from({ length: 480 }, () => Math.exp(random.normal()));
      const pairs = pairWeights(
        initial,
        initial.map((weight) => weight + 0.1 * random.normal()),
      );
      for (const { low, high } of changeBySize(pairs, 0.9, all(480))) {
        total++;
        if (low <= 0.1 && 0.1 <= high) inside++;
      }
    }
    expect(total).toBe(480);
    // An approximate band of 40 pairs: between 0.83 and 0.95 of 480, five errors of 0.014 around 0.9 less a little.
    expect(inside / total).toBeGreaterThan(0.81);
    expect(inside / total).toBeLessThan(0.97);
  });

  it("takes only the pairs at the places given, fewer bins where they are few, none where nothing varies", () => {
    const pairs = simulatePairs({ pairs: 100 }, createRandom("few"));
    expect(changeBySize(pairs, 0.95, all(100))).toHaveLength(6);
    expect(changeBySize(pairs, 0.95, all(31))).toHaveLength(2);
    expect(changeBySize(pairs, 0.95, all(14))).toHaveLength(1);
    const same = pairWeights([1, 2, 3], [2, 3, 4]);
    expect(changeBySize(same, 0.95, all(3))).toEqual([]);
  });
});
