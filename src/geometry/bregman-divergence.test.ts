import { describe, expect, it } from "vitest";
import { bregmanDivergence } from "./bregman-divergence.ts";
import { dualChanges } from "./dual-change.ts";
import { logit } from "./logit.ts";
import { negativeEntropy } from "./negative-entropy.ts";
import { euclidean } from "./p-norm.ts";

describe("bregmanDivergence", () => {
  it("is half the squared distance under the 2-norm", () => {
    expect(bregmanDivergence(euclidean, Float64Array.of(3), Float64Array.of(1))).toBe(2);
    expect(bregmanDivergence(euclidean, [3, 0], [1, -1])).toBe(2.5);
  });

  it("is the generalised Kullback–Leibler divergence under the negative entropy", () => {
    const to = [0.2, 0.3, 0.5];
    const from = [0.6, 0.3, 0.1];
    const expected = 0.2 * Math.log(1 / 3) + 0.5 * Math.log(5);
    expect(bregmanDivergence(negativeEntropy, to, from)).toBeCloseTo(expected, 15);
  });

  it("takes float32 weights at their float64 values, and no weights as 0", () => {
    expect(bregmanDivergence(euclidean, Float32Array.of(0.1), [0.1])).toBe((Math.fround(0.1) - 0.1) ** 2 / 2);
    expect(bregmanDivergence(euclidean, [], [])).toBe(0);
  });

  it("is infinite where a sign flips under the negative entropy", () => {
    expect(bregmanDivergence(negativeEntropy, [1, 1], [1, -1])).toBe(Infinity);
  });

  it("refuses arrays of different length", () => {
    expect(() => bregmanDivergence(euclidean, [1, 2], [1])).toThrow(
      expect.objectContaining({
        code: "lengths-differ",
        message: "bregmanDivergence: expected to and from of one length, got 2 and 1; pair the weights first",
      }),
    );
  });

  it("names the index of a weight outside the domain", () => {
    expect(() => bregmanDivergence(negativeEntropy, [1, 1], [1, 0])).toThrow(
      expect.objectContaining({
        code: "outside-domain",
        message:
          'bregmanDivergence (negative-entropy): expected a weight other than 0 and finite, got 0 (index 1 of "from"); absent synapses are counted apart, or use hyperbolic-entropy',
      }),
    );
    expect(() => bregmanDivergence(logit({ maximum: 1 }), [0.5, 2], [0.5, 0.5])).toThrow(
      'got 2 (index 1 of "to")',
    );
  });
});

describe("dualChanges", () => {
  it("is the weight change under the 2-norm", () => {
    expect(dualChanges(euclidean, [1, 2], [1.5, 1])).toEqual(Float64Array.of(0.5, -1));
  });

  it("is right to 1e-6, and far better, for a relative change of 1e-12", () => {
    const initial = Float64Array.of(0.1, -7, 1e-5);
    const final = initial.map((weight) => weight * (1 + 1e-12));
    const changes = dualChanges(negativeEntropy, initial, final);
    for (const [i, change] of changes.entries()) {
      // Exact integers in place of logarithms: ln(1 + r) = r − r²/2 + …, r from the bits of both weights.
      const relative = Number(scaled(final[i]) - scaled(initial[i])) / Number(scaled(initial[i]));
      const expected = Math.sign(initial[i]) * (relative - (relative * relative) / 2);
      expect(Math.abs(change / expected - 1)).toBeLessThan(1e-15);
      expect(Math.abs(change)).toBeGreaterThan(0.9e-12);
    }
  });

  it("names the index of a weight outside the domain, and refuses different lengths", () => {
    expect(() => dualChanges(euclidean, [1, Number.NaN], [1, 2])).toThrow(
      'got NaN (index 1 of "initial"); leave',
    );
    expect(() => dualChanges(euclidean, [1], [1, 2])).toThrow(
      "expected initial and final of one length, got 1 and 2",
    );
  });
});

/** The weight as an exact integer, in units of 2^-120. */
function scaled(weight: number): bigint {
  return BigInt(weight * 2 ** 80) * 2n ** 40n;
}
