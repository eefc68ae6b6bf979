import { describe, expect, it } from "vitest";
import { hyperbolicEntropy } from "./hyperbolic-entropy.ts";
import { negativeEntropy } from "./negative-entropy.ts";

describe("hyperbolicEntropy", () => {
  it("takes the steps of EG± without normalisation, which keep w⁺w⁻ = β²", () => {
    const beta = 0.05;
    const potential = hyperbolicEntropy({ beta });
    for (const start of [0.8, -0.3, 0]) {
      let weight = start;
      let plus = (start + Math.hypot(start, 2 * beta)) / 2;
      let minus = (-start + Math.hypot(start, 2 * beta)) / 2;
      for (let step = 0; step < 200; step++) {
        const moved = 0.1 * Math.sin(step) - 0.03;
        weight = potential.inverseMirrorMap(potential.mirrorMap(weight) - moved);
        plus *= Math.exp(-moved);
        minus *= Math.exp(moved);
        // 1e-13: 200 steps that round by 1e-16 each on both sides.
        expect(Math.abs(plus * minus - beta * beta)).toBeLessThan(1e-13 * beta * beta);
        expect(Math.abs(weight - (plus - minus))).toBeLessThan(1e-13 * (plus + minus));
      }
      expect(Math.sign(weight)).toBe(1);
    }
  });

  it("nears the negative entropy for weights far above β", () => {
    const potential = hyperbolicEntropy({ beta: 1e-12 });
    expect(potential.dualChange(-0.3, -0.4)).toBeCloseTo(negativeEntropy.dualChange(-0.3, -0.4), 14);
    expect(potential.divergence(0.3, 0.4)).toBeCloseTo(negativeEntropy.divergence(0.3, 0.4), 14);
  });

  it("is right where the ratio of weight and β leaves float64", () => {
    const potential = hyperbolicEntropy({ beta: 1e-200 });
    expect(potential.mirrorMap(1e200) / (400 * Math.LN10)).toBeCloseTo(1, 14);
    expect(potential.dualChange(1e200, 2e200)).toBeCloseTo(Math.LN2, 14);
    expect(potential.curvature(-1e200)).toBe(1e-200);
  });

  it("has value 0 and a finite curvature 1/2β at zero", () => {
    expect(hyperbolicEntropy({ beta: 0.25 }).value(0)).toBe(0);
    expect(hyperbolicEntropy({ beta: 0.25 }).curvature(0)).toBe(2);
  });
});
