import { describe, expect, it } from "vitest";
import { constantRate, cosineRate, stepRate, warmUp } from "./schedules.ts";

const first = (schedule: (step: number) => number, count: number) =>
  Array.from({ length: count }, (_, step) => schedule(step));

describe("learning-rate schedules", () => {
  it("stay constant", () => expect(first(constantRate(0.3), 3)).toEqual([0.3, 0.3, 0.3]));

  it("fall by half a cosine: the whole rate, its middle, the final one", () => {
    const schedule = cosineRate(0.5, { steps: 4, final: 0.1 });
    expect(schedule(0)).toBe(0.5);
    expect(schedule(2)).toBeCloseTo(0.3, 15);
    expect(schedule(4)).toBeCloseTo(0.1, 15);
    expect(schedule(1)).toBeCloseTo(0.3 + 0.2 * Math.SQRT1_2, 15);
  });

  it("fall by a factor every so many steps", () => {
    expect(first(stepRate(8, { every: 2, factor: 0.5 }), 6)).toEqual([8, 8, 4, 4, 2, 2]);
  });

  it("rise linearly, then begin the other schedule", () => {
    const schedule = warmUp(stepRate(4, { every: 1, factor: 0.5 }), { steps: 3 });
    expect(first(schedule, 6)).toEqual([1, 2, 3, 4, 2, 1]);
  });

  it("refuse rates and counts that mean nothing", () => {
    expect(() => constantRate(-1)).toThrow(
      "constantRate: expected rates and factors >= 0 and finite, got -1; choose another value",
    );
    expect(() => cosineRate(1, { steps: 0 })).toThrow(
      "cosineRate: expected steps to be an integer > 0, got 0; choose another value",
    );
    expect(() => stepRate(1, { every: 1.5, factor: 1 })).toThrow("got 1.5");
    expect(() => warmUp(constantRate(1), { steps: Number.NaN })).toThrow("got NaN");
  });
});
