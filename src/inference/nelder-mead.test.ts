import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maximise } from "./nelder-mead.ts";

const runs = { seed: 19650107, numRuns: 60 };

describe("maximise", () => {
  it("climbs the bent ridge of Rosenbrock's function", () => {
    const { point, value } = maximise(
      ([x, y]) => -100 * (y - x * x) ** 2 - (1 - x) ** 2,
      [-1.2, 1],
      [0.5, 0.5],
      1e-14,
    );
    // The value is flat to second order: 1e-14 of it is 1e-6 in place.
    expect(point[0]).toBeCloseTo(1, 5);
    expect(point[1]).toBeCloseTo(1, 5);
    expect(value).toBeGreaterThan(-1e-10);
  });

  it("finds the top of any tilted paraboloid in three dimensions", () => {
    const place = fc.double({ min: -5, max: 5, noNaN: true });
    const slope = fc.double({ min: 0.2, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(place, place, place), fc.tuple(slope, slope, slope), (top, steep) => {
        const height = ([x, y, z]: readonly number[]) =>
          7 -
          steep[0] * (x - top[0]) ** 2 -
          steep[1] * (y - top[1] + 0.3 * (x - top[0])) ** 2 -
          steep[2] * (z - top[2]) ** 2;
        const { point, value } = maximise(height, [0, 0, 0], [1, 1, 1], 1e-12);
        expect(value).toBeCloseTo(7, 8);
        for (const [axis, x] of point.entries()) expect(Math.abs(x - top[axis])).toBeLessThan(1e-4);
      }),
      runs,
    );
  });

  it("returns the value at the point it returns, never below that of the start", () => {
    const height = ([x]: readonly number[]) => -Math.abs(x - 3);
    const { point, value } = maximise(height, [0], [0.17], 1e-9);
    expect(value).toBe(height(point));
    expect(point[0]).toBeCloseTo(3, 6);
    expect(maximise(height, [3], [0.1], 1e-9)).toEqual({ point: [3], value: -0 });
  });

  it("walks away from where the value is −∞", () => {
    const height = ([x]: readonly number[]) => (x <= 0 ? Number.NEGATIVE_INFINITY : Math.log(x) - x);
    expect(maximise(height, [0.5], [-1], 1e-12).point[0]).toBeCloseTo(1, 4);
  });
});
