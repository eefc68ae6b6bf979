import { describe, expect, it } from "vitest";
import { affine } from "./affine.ts";
import { negativeEntropy } from "./negative-entropy.ts";
import { euclidean } from "./p-norm.ts";

describe("affine", () => {
  it("is the 2-norm for weights far below 1/ratio", () => {
    const potential = affine({ ratio: 1e-200 });
    expect(potential.value(-3)).toBe(4.5);
    expect(potential.dualChange(3, -4)).toBe(euclidean.dualChange(3, -4));
    expect(potential.divergence(3, -4)).toBe(euclidean.divergence(3, -4));
  });

  it("is the negative entropy over the ratio for weights far above 1/ratio", () => {
    const ratio = 1e14;
    const potential = affine({ ratio });
    expect(ratio * potential.dualChange(-0.3, -0.4)).toBeCloseTo(negativeEntropy.dualChange(-0.3, -0.4), 12);
    expect(ratio * potential.divergence(0.3, 0.4)).toBeCloseTo(negativeEntropy.divergence(0.3, 0.4), 12);
  });

  it("changes additively below 1/ratio and multiplicatively above it", () => {
    const potential = affine({ ratio: 2 });
    expect([0, 0.5, -4.5].map((weight) => 1 / potential.curvature(weight))).toEqual([1, 2, 10]);
  });

  it("is right where ratio times weight leaves float64", () => {
    const potential = affine({ ratio: 1e200 });
    expect(potential.mirrorMap(-1e200) * 1e200).toBeCloseTo(-400 * Math.LN10, 10);
    expect(potential.dualChange(1e-200, 1e200) * 1e200).toBeCloseTo(400 * Math.LN10 - Math.LN2, 10);
  });
});
