import { describe, expect, it } from "vitest";
import { afterDualChange, dualChange, powerDual } from "./dual-step.ts";

describe("a dual change", () => {
  it.each([-1, -0.5, 0, 0.5, 1, 2, 3])("and its inverse agree at λ = %d", (exponent) => {
    for (const weight of [0.1, 1, 7]) {
      for (const change of [-0.05, 0.02, 0.09]) {
        const final = afterDualChange(weight, change, exponent);
        // A change so small that no weight here leaves the dual space of a negative exponent.
        expect(dualChange(weight, final, exponent)).toBeCloseTo(change, 10);
        if (final > 0) {
          expect(powerDual(final, exponent) - powerDual(weight, exponent)).toBeCloseTo(change, 10);
        }
      }
    }
  });

  it("has slope 1 at a weight of 1 for every λ", () => {
    for (const exponent of [0, 0.5, 1, 2])
      expect(afterDualChange(1, 1e-6, exponent) - 1).toBeCloseTo(1e-6, 10);
  });

  it("carries a weight across zero for λ > 0 and never for λ ≤ 0", () => {
    expect(afterDualChange(0.5, -2, 1)).toBe(-1.5);
    expect(afterDualChange(0.5, -2, 0)).toBeGreaterThan(0);
    expect(dualChange(0.5, -1.5, 1)).toBe(-2);
    expect(dualChange(0.5, -1.5, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(afterDualChange(2, 3, -1)).toBe(Number.POSITIVE_INFINITY);
  });
});
