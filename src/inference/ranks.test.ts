import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, midRanks, rankScratch, selectInPlace } from "./ranks.ts";

const runs = { seed: 19540630, numRuns: 300 };

/** Sizes as they come: any float64 ≥ 0, infinity, and few distinct ones, so that ties are common. */
const sizes = fc.array(
  fc.oneof(
    fc.double({ min: 0, noNaN: true }),
    fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
    fc.double({ min: 1, max: 1 + 1e-6, noNaN: true }),
  ),
  { minLength: 1, maxLength: 60 },
);

/** 1 + how many are smaller + half of how many others are equal, after rounding to float32. */
function naiveRanks(values: readonly number[]): number[] {
  const rounded = values.map(Math.fround);
  return rounded.map((value) => {
    const smaller = rounded.filter((other) => other < value).length;
    const equal = rounded.filter((other) => other === value).length;
    return smaller + 0.5 * (equal + 1);
  });
}

function ranksOf(values: readonly number[]): number[] {
  const ranks = new Float64Array(values.length);
  midRanks(Float64Array.from(values), ranks, 0, values.length, rankScratch(values.length));
  return Array.from(ranks);
}

describe("midRanks", () => {
  it("is 1 … n in order of size, ties sharing their mean rank", () => {
    expect(ranksOf([0.3, 0.1, 0.3, 7])).toEqual([2.5, 1, 2.5, 4]);
    expect(ranksOf([5, 5, 5, 5])).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(ranksOf([0, Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY])).toEqual([1, 3.5, 2, 3.5]);
  });

  it("equals the count of smaller and equal values, of any numbers >= 0 rounded to float32", () => {
    fc.assert(
      fc.property(sizes, (values) => {
        expect(ranksOf(values)).toEqual(naiveRanks(values));
      }),
      runs,
    );
  });

  it("ties what float32 does not tell apart, and nothing else", () => {
    expect(ranksOf([1, 1 + 1e-8])).toEqual([1.5, 1.5]);
    expect(ranksOf([1, 1 + 2e-7])).toEqual([1, 2]);
    expect(ranksOf([1e-44, 1e-40, 1e-30, 1e30])).toEqual([1, 2, 3, 4]);
  });

  it("sorts by all 32 bits: numbers that share their high or their low digits", () => {
    const close = Array.from({ length: 5000 }, (_, k) => 1 + ((k * 7919) % 5000) * 2 ** -23);
    const wide = Array.from({ length: 250 }, (_, k) => 2 ** (((k * 101) % 250) - 125));
    for (const values of [close, wide]) expect(ranksOf(values)).toEqual(naiveRanks(values));
  });

  it("ranks one stretch of an array and leaves the rest alone, whatever the memory was used for before", () => {
    const scratch = rankScratch(6);
    const values = Float64Array.of(9, 3, 1, 2, 0, 5);
    const ranks = new Float64Array(6).fill(-1);
    midRanks(values, ranks, 0, 6, scratch);
    ranks.fill(-1);
    midRanks(values, ranks, 1, 4, scratch);
    expect(Array.from(ranks)).toEqual([-1, 3, 1, 2, -1, -1]);
    expect(Array.from(values)).toEqual([9, 3, 1, 2, 0, 5]);
  });
});

const anyNumbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 1, -1)), {
  minLength: 1,
  maxLength: 60,
});

describe("selectInPlace and median", () => {
  it("the k-th smallest is the k-th of the sorted numbers, for every k", () => {
    fc.assert(
      fc.property(anyNumbers, (values) => {
        const sorted = Float64Array.from(values).sort();
        for (let k = 0; k < values.length; k++) {
          expect(selectInPlace(Float64Array.from(values), values.length, k) === sorted[k]).toBe(true);
        }
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it("the selection leaves nothing larger before k and nothing smaller after it", () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const found = selectInPlace(values, 101, 40);
    expect(found).toBe(40);
    expect(Math.max(...values.subarray(0, 40))).toBeLessThanOrEqual(found);
    expect(Math.min(...values.subarray(41))).toBeGreaterThanOrEqual(found);
  });

  it("median is the middle of the sorted numbers, or the mean of the two in the middle", () => {
    fc.assert(
      fc.property(anyNumbers, ([first, ...rest]) => {
        const values = Float64Array.of(123, first, ...rest, 456);
        const sorted = values.slice(1, -1).sort();
        const half = sorted.length >> 1;
        const wanted = sorted.length % 2 === 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
        const before = Array.from(values);
        const found = median(values, 1, values.length - 1, new Float64Array(values.length));
        // −0 and 0 are the same middle; two opposite infinities have none.
        expect(found === wanted || (Number.isNaN(found) && Number.isNaN(wanted))).toBe(true);
        expect(Array.from(values)).toEqual(before);
      }),
      runs,
    );
  });
});
