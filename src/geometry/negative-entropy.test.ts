import { describe, expect, it } from "vitest";
import { negativeEntropy } from "./negative-entropy.ts";

describe("negativeEntropy", () => {
  it("steps as exponentiated gradient descent: w exp(−η sgn(w) g), sign kept", () => {
    for (const [weight, step] of [
      [0.5, 3],
      [-0.5, 3],
      [-2, -1],
    ]) {
      const sign = weight < 0 ? -1 : 1;
      const next = negativeEntropy.inverseMirrorMap(negativeEntropy.mirrorMap(weight) - step, sign);
      expect(next / (weight * Math.exp(-sign * step))).toBeCloseTo(1, 14);
    }
  });

  it("is the reference's plain difference where the sign changes, the two ones kept", () => {
    expect(negativeEntropy.dualChange(0.5, -0.25)).toBeCloseTo(
      -(Math.log(0.25) + 1) - (Math.log(0.5) + 1),
      15,
    );
    expect(negativeEntropy.dualChange(-0.5, 0.25)).toBeCloseTo(Math.log(0.25) + 1 + (Math.log(0.5) + 1), 15);
  });

  it("has −ln|w₁/w₀| as change of a negative weight", () => {
    expect(negativeEntropy.dualChange(-1, -2)).toBeCloseTo(-Math.LN2, 15);
  });

  it("keeps the ratio of weights whose quotient leaves float64", () => {
    expect(negativeEntropy.dualChange(1e-300, 1e300) / (600 * Math.LN10)).toBeCloseTo(1, 14);
    expect(negativeEntropy.divergence(1e-300, 1e300)).toBe(1e300);
  });

  it("leads nowhere from one sign to the other", () => {
    expect(negativeEntropy.divergence(1, -1)).toBe(Infinity);
  });

  it("asks for the sign that its dual does not tell", () => {
    expect(() => negativeEntropy.inverseMirrorMap(0.3)).toThrow(
      expect.objectContaining({
        code: "sign-needed",
        message:
          "negativeEntropy.inverseMirrorMap: expected the sign 1 or -1 of the weight, got undefined (dual weight 0.3); hand in the sign before the step, which this geometry keeps",
      }),
    );
  });

  it("says what to do with an absent synapse", () => {
    expect(() => negativeEntropy.mirrorMap(0)).toThrow(
      "negativeEntropy.mirrorMap: expected a weight other than 0 and finite, got 0; absent synapses are counted apart, or use hyperbolic-entropy",
    );
  });
});
