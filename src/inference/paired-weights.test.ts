import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { countPairs, isUsable, labelsOf, pairWeights, restrictPairs } from "./paired-weights.ts";

const runs = { seed: 19490101, numRuns: 300 };
const weight = fc.oneof(
  fc.double({ min: -2, max: 2, noNaN: true }),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5, -0.5),
);

describe("countPairs", () => {
  it("counts every pair once: total = used + not finite + births + eliminations + absent throughout", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(weight, weight), { maxLength: 40 }), (drawn) => {
        const [initial, final] = [drawn.map(([before]) => before), drawn.map(([, after]) => after)];
        const counts = countPairs(pairWeights(initial, final));
        const {
          total,
          used,
          nonFinite,
          absentInitially,
          absentFinally,
          absentThroughout,
          unchanged,
          signFlips,
        } = counts;
        expect(total).toBe(drawn.length);
        expect(used + nonFinite + absentInitially + absentFinally + absentThroughout).toBe(total);
        expect(used).toBe(drawn.filter(([before, after]) => isUsable(before, after)).length);
        expect(unchanged + signFlips).toBeLessThanOrEqual(used);
        expect(unchanged).toBe(
          drawn.filter(([before, after]) => isUsable(before, after) && before === after).length,
        );
        const flips = drawn.filter(([before, after]) => isUsable(before, after) && before > 0 !== after > 0);
        expect(signFlips).toBe(flips.length);
      }),
      runs,
    );
  });

  it("tells births from eliminations, and a missing weight from an absent one", () => {
    const pairs = pairWeights(
      [0, 0.3, 0, Number.NaN, 0, 0.5, 0.5, 0.5, -0.5],
      [0.2, 0, 0, 0.1, Number.POSITIVE_INFINITY, 0.6, -0.6, 0.5, 0.1],
    );
    expect(countPairs(pairs)).toEqual({
      total: 9,
      used: 4,
      nonFinite: 2,
      absentInitially: 1,
      absentFinally: 1,
      absentThroughout: 1,
      unchanged: 1,
      signFlips: 2,
    });
  });
});

describe("pairWeights", () => {
  it("numbers labels in order of appearance", () => {
    expect(labelsOf(["b", "a", "b", "", "a"])).toEqual({
      names: ["b", "a", ""],
      index: Int32Array.of(0, 1, 0, 2, 1),
    });
    const { group, cluster } = pairWeights([1, 2], [2, 3], { group: ["x", "x"], cluster: ["n2", "n1"] });
    expect(group).toEqual({ names: ["x"], index: Int32Array.of(0, 0) });
    expect(cluster).toEqual({ names: ["n2", "n1"], index: Int32Array.of(0, 1) });
  });

  it("keeps typed arrays as they are and makes float64 of plain numbers", () => {
    const initial = Float32Array.of(0.1);
    expect(pairWeights(initial, [0.2]).initial).toBe(initial);
    expect(pairWeights(initial, [0.2]).final).toEqual(Float64Array.of(0.2));
  });

  it.each([
    ["final weights", () => pairWeights([1, 2, 3], [1, 2], { source: "run" })],
    ["group labels", () => pairWeights([1, 2, 3], [1, 2, 4], { source: "run", group: ["a", "b"] })],
    ["cluster labels", () => pairWeights([1, 2, 3], [1, 2, 4], { source: "run", cluster: ["a", "b"] })],
  ])("refuses too few %s, with both numbers", async (_, attempt) => {
    const { code, message } = await refusal(attempt);
    expect(code).toBe("lengths-differ");
    expect(message).toContain("3");
    expect(message).toContain("got 2");
  });

  it("refuses repeats of two lengths, of which the longer would be cut in silence", () => {
    const repeat = { first: Float64Array.of(1, 2, 3), second: Float64Array.of(1, 2) };
    expect(() => pairWeights([1, 2, 3], [1, 2, 4], { repeat })).toThrow(
      expect.objectContaining({ code: "lengths-differ" }),
    );
  });
});

describe("restrictPairs", () => {
  it("keeps the pairs at these places with their clusters, in float32 where they were, and leaves the repeats of all out", () => {
    const pairs = pairWeights(Float32Array.of(1, 2, 3), [4, 5, 6], {
      group: ["a", "b", "a"],
      cluster: ["x", "y", "z"],
      repeat: { first: Float64Array.of(7, 8, 9), second: Float64Array.of(10, 11, 12) },
    });
    const some = restrictPairs(pairs, Int32Array.of(2, 0), "part");
    expect(some).toEqual({
      source: "part",
      initial: Float32Array.of(3, 1),
      final: Float64Array.of(6, 4),
      group: null,
      cluster: { names: ["x", "y", "z"], index: Int32Array.of(2, 0) },
      repeat: null,
    });
  });
});
