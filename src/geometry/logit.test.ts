import { describe, expect, it } from "vitest";
import { logit } from "./logit.ts";

describe("logit", () => {
  const potential = logit({ maximum: 4 });

  it("has the logit of the share of the maximum as dual", () => {
    expect(potential.mirrorMap(1)).toBeCloseTo(-Math.log(3), 15);
    expect(potential.inverseMirrorMap(Math.log(3))).toBeCloseTo(3, 15);
  });

  it("is symmetric between a weight and what is left of the maximum", () => {
    expect(potential.mirrorMap(0.5)).toBeCloseTo(-potential.mirrorMap(3.5), 15);
    expect(potential.divergence(0.5, 1)).toBe(potential.divergence(3.5, 3));
  });

  it("says which end a weight left", () => {
    expect(() => potential.value(4)).toThrow(
      "logit(4).value: expected a weight > 0 and < 4, got 4; raise the maximum above the largest weight",
    );
    expect(() => potential.value(-1)).toThrow(
      "logit(4).value: expected a weight > 0 and < 4, got -1; use hyperbolic-entropy, or split by sign",
    );
  });
});
