import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { negativeEntropy, pNorm } from "../geometry/index.ts";
import { type ContinuumPairs, continuumPairs, dualChangesAt } from "./dual-continuum.ts";
import { pairWeights } from "./paired-weights.ts";

const runs = { seed: 19640401, numRuns: 200 };

/** d(λ) in the unit of the weights rather than of their geometric mean. */
function changesInUnit(pairs: ContinuumPairs, exponent: number): number[] {
  const changes = dualChangesAt(pairs, exponent, new Float64Array(pairs.count));
  return Array.from(changes, (change) => change * Math.exp(exponent * pairs.logScale));
}

const size = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const signed = fc.tuple(size, fc.boolean()).map(([value, negative]) => (negative ? -value : value));
const list = fc.array(fc.tuple(signed, signed), { minLength: 1, maxLength: 30 });
const sameSigns = fc.array(fc.tuple(signed, size), { minLength: 1, maxLength: 30 });

describe("dualChangesAt", () => {
  it("is the dual change of the (λ+1)-norm over λ, sign changes included", () => {
    fc.assert(
      fc.property(list, fc.double({ min: 0.05, max: 4, noNaN: true }), (drawn, exponent) => {
        const [initial, final] = [drawn.map(([before]) => before), drawn.map(([, after]) => after)];
        const ours = changesInUnit(continuumPairs(pairWeights(initial, final)), exponent);
        const potential = pNorm({ p: exponent + 1 });
        for (const [i, before] of initial.entries()) {
          const wanted = potential.dualChange(before, final[i]) / exponent;
          expect(Math.abs(ours[i] - wanted)).toBeLessThanOrEqual(1e-12 * Math.abs(wanted));
        }
      }),
      runs,
    );
  });

  it("at λ = 0 is the dual change of the negative entropy, and the limit of small λ", () => {
    fc.assert(
      fc.property(sameSigns, (drawn) => {
        const initial = drawn.map(([before]) => before);
        const final = drawn.map(([before, after]) => Math.sign(before) * after);
        const pairs = continuumPairs(pairWeights(initial, final));
        const ours = changesInUnit(pairs, 0);
        const near = [1e-9, -1e-9].map((exponent) => changesInUnit(pairs, exponent));
        for (const [i, before] of initial.entries()) {
          const wanted = negativeEntropy.dualChange(before, final[i]);
          expect(Math.abs(ours[i] - wanted)).toBeLessThanOrEqual(1e-13 * Math.abs(wanted));
          // The next term is λ·ln|w|·ln|w¹/w⁰| < 1e-9·7·14.
          for (const limit of near)
            expect(Math.abs(limit[i] - wanted)).toBeLessThan(1e-7 * Math.abs(wanted) + 1e-12);
        }
      }),
      runs,
    );
  });

  it("has no seam where the series takes over from the exponential", () => {
    const ratio = 0.5;
    const pairs = continuumPairs(pairWeights([1], [Math.exp(ratio)]));
    for (const exponent of [1e-8, 1.9e-7, 2.1e-7, -1.9e-7, -2.1e-7, 1e-6]) {
      const [ours] = changesInUnit(pairs, exponent);
      const product = exponent * ratio;
      expect(Math.abs(ours / (ratio * (1 + product / 2 + product ** 2 / 6)) - 1)).toBeLessThan(1e-13);
    }
  });

  it("below λ = 0 is the change of −|w|^λ/|λ|, with the sign of the weight", () => {
    const [initial, final] = [
      [0.5, -2, 3],
      [0.75, -1, 3.5],
    ];
    const ours = changesInUnit(continuumPairs(pairWeights(initial, final)), -1);
    for (const [i, before] of initial.entries()) expect(ours[i]).toBeCloseTo(1 / before - 1 / final[i], 12);
  });

  it("keeps a relative change of 1e-12 to six digits at every λ, whatever the size", () => {
    for (const weight of [1e-200, 1e-7, -0.3, 1, 42, -1e9]) {
      // A relative change is held by float64 to 1e-16 of the weight: the one meant is the one that the weights have.
      const after = weight * (1 + 1e-12);
      const relative = (after - weight) / weight;
      const other = Math.sign(weight) * Math.abs(weight) * 1.7;
      const pairs = continuumPairs(pairWeights([weight, other], [after, other]));
      for (const exponent of [-1, 0, 0.5, 1, 2]) {
        const [ours] = dualChangesAt(pairs, exponent, new Float64Array(2));
        const unit = Math.exp(exponent * (Math.log(Math.abs(weight)) - pairs.logScale));
        expect(Math.abs(ours / (Math.sign(weight) * unit * relative) - 1)).toBeLessThan(1e-6);
      }
    }
  });

  it("is infinite where a sign changed and λ <= 0, on the side the weight went to", () => {
    const pairs = continuumPairs(pairWeights([0.5, -0.5, 1], [-0.1, 0.1, 1.5]));
    for (const exponent of [0, -1]) {
      const [fell, rose, stayed] = dualChangesAt(pairs, exponent, new Float64Array(3));
      expect([fell, rose]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
      expect(stayed).toBeGreaterThan(0);
    }
  });

  it("only changes by a common factor when the unit of the weights does", () => {
    const [initial, final] = [
      [0.5, -0.5, 1, 7],
      [-0.1, -0.7, 1.5, 6],
    ];
    const plain = continuumPairs(pairWeights(initial, final));
    const scaled = continuumPairs(
      pairWeights(
        initial.map((w) => 300 * w),
        final.map((w) => 300 * w),
      ),
    );
    for (const exponent of [-0.5, 0, 0.3, 1, 2]) {
      const [a, b] = [plain, scaled].map((pairs) => dualChangesAt(pairs, exponent, new Float64Array(4)));
      for (const [k, value] of a.entries()) {
        if (Number.isFinite(value)) expect(b[k] / value).toBeCloseTo(1, 12);
        else expect(b[k]).toBe(value);
      }
    }
  });
});

describe("continuumPairs", () => {
  const group = ["b", "a", "b", "c", "a", "b"];
  const cluster = ["x", "y", "x", "z", "z", "y"];
  const pairs = pairWeights([1, 2, 3, 4, 5, 6], [2, 3, -4, 5, 6, 7], { group, cluster });

  it("orders the pairs by group, each group in its own order", () => {
    const found = continuumPairs(pairs);
    expect(Array.from(found.place)).toEqual([0, 2, 5, 1, 4, 3]);
    expect(found.groupNames).toEqual(["b", "a", "c"]);
    expect(Array.from(found.groupStart)).toEqual([0, 3, 5, 6]);
    expect(Array.from(found.cluster ?? [], (index) => pairs.cluster?.names[index])).toEqual([
      "x",
      "x",
      "y",
      "y",
      "z",
      "z",
    ]);
    expect(Array.from(found.flipped)).toEqual([0, 1, 0, 0, 0, 0]);
  });

  it("keeps only the places of a subset, in its order, as often as they are named", () => {
    const found = continuumPairs(pairs, Int32Array.of(4, 0, 5, 0));
    expect(Array.from(found.place)).toEqual([0, 5, 0, 4]);
    expect(Array.from(found.groupStart)).toEqual([0, 3, 4, 4]);
  });

  it("leaves out what is absent or not finite at either end", () => {
    const spoiled = pairWeights([1, 0, 2, Number.NaN, 3, -4], [2, 1, 0, 1, Number.POSITIVE_INFINITY, -5]);
    expect(Array.from(continuumPairs(spoiled).place)).toEqual([0, 5]);
    expect(Array.from(continuumPairs(spoiled).sign)).toEqual([1, -1]);
  });

  it("divides the weights of both ends by their geometric mean", () => {
    fc.assert(
      fc.property(list, (drawn) => {
        const found = continuumPairs(
          pairWeights(
            drawn.map(([before]) => before),
            drawn.map(([, after]) => after),
          ),
        );
        const sum = found.logInitial.reduce((total, value, k) => total + 2 * value + found.logRatio[k], 0);
        expect(Math.abs(sum)).toBeLessThan(1e-11);
        for (const [k, i] of found.place.entries()) {
          expect(Math.exp(found.logInitial[k] + found.logScale) / Math.abs(drawn[i][0])).toBeCloseTo(1, 12);
          expect(Math.exp(found.logRatio[k]) / Math.abs(drawn[i][1] / drawn[i][0])).toBeCloseTo(1, 12);
        }
      }),
      runs,
    );
  });
});
