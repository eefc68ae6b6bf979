import { describe, expect, it } from "vitest";
import { negativeEntropy } from "./negative-entropy.ts";
import { euclidean, pNorm } from "./p-norm.ts";

describe("pNorm", () => {
  it("crosses zero with the plain sum of the two sides", () => {
    const cubic = pNorm({ p: 3 });
    expect(cubic.dualChange(-2, 3)).toBe(13);
    // φ(3) − φ(−2) − φ′(−2)(3 + 2), with φ′(−2) = −4.
    expect(cubic.divergence(3, -2)).toBeCloseTo(27 / 3 - 8 / 3 + 4 * 5, 14);
    expect(euclidean.divergence(3, -2)).toBe(12.5);
  });

  it("reaches zero from either side", () => {
    for (const p of [1.1, 1.5, 2, 2.5, 3, 7]) {
      const potential = pNorm({ p });
      expect(potential.value(0)).toBe(0);
      expect(potential.mirrorMap(0)).toBe(0);
      expect(potential.inverseMirrorMap(0)).toBe(0);
      expect(potential.dualChange(0, -0.5)).toBe(potential.mirrorMap(-0.5));
      expect(potential.dualChange(0.5, 0)).toBeCloseTo(-potential.mirrorMap(0.5), 15);
      expect(potential.divergence(0.5, 0)).toBeCloseTo(potential.value(0.5), 15);
      expect(potential.divergence(0, 0.5)).toBeCloseTo((p - 1) * potential.value(0.5), 15);
    }
  });

  it("has a curvature at zero that is infinite, 1 or 0", () => {
    expect([1.5, 2, 3].map((p) => pNorm({ p }).curvature(0))).toEqual([Infinity, 1, 0]);
  });

  it("has no seam beside the norms with factored forms", () => {
    for (const p of [1.5, 2, 2.5, 3]) {
      const named = pNorm({ p });
      const beside = pNorm({ p: p * (1 + 1e-12) });
      for (const [initial, final] of [
        [0.3, 0.30001],
        [0.3, 0.4],
        [-0.3, -5],
        [2, 0.001],
      ]) {
        // p differs by 1e-12, and so may the results, times ln w and 1/(p − 1).
        expect(named.dualChange(initial, final) / beside.dualChange(initial, final)).toBeCloseTo(1, 10);
        expect(named.divergence(final, initial) / beside.divergence(final, initial)).toBeCloseTo(1, 10);
      }
    }
  });

  it("nears the negative entropy, in units of p − 1, as p nears 1", () => {
    const near = pNorm({ p: 1 + 2 ** -30 });
    for (const [initial, final] of [
      [0.5, 0.5000001],
      [0.5, 2],
    ]) {
      const change = near.dualChange(initial, final) * 2 ** 30;
      expect(change / negativeEntropy.dualChange(initial, final)).toBeCloseTo(1, 8);
      const divergence = near.divergence(final, initial) * 2 ** 30;
      expect(divergence / negativeEntropy.divergence(final, initial)).toBeCloseTo(1, 8);
    }
  });

  it("is named by the shortest decimal of p", () => {
    expect([1.5, 2, 3.25, 1.1].map((p) => pNorm({ p }).name)).toEqual([
      "1.5-norm",
      "2-norm",
      "3.25-norm",
      "1.1-norm",
    ]);
  });
});
