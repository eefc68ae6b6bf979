import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossingsOf, rootFrom } from "./root.ts";

const runs = { seed: 19711201, numRuns: 200 };
const range = { low: -2, high: 5 };
const tolerance = 1e-6;
const options = { tolerance, isSmooth: false };

describe("rootFrom", () => {
  it("finds the root of any rising line from anywhere in the range", () => {
    const place = fc.double({ min: -1.9, max: 4.9, noNaN: true });
    fc.assert(
      fc.property(place, place, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (root, start, slope) => {
        const found = rootFrom((x) => slope * (x - root), start, 0.1, range, options);
        expect(Math.abs((found ?? Number.NaN) - root)).toBeLessThan(tolerance);
      }),
      runs,
    );
  });

  it("finds where a step function jumps through zero, on either side of the start", () => {
    const place = fc.double({ min: -1.9, max: 4.9, noNaN: true });
    fc.assert(
      fc.property(place, place, (jump, start) => {
        const stairs = (x: number) =>
          x < jump ? Math.floor(3 * (x - jump)) : 1 + Math.floor(3 * (x - jump));
        const found = rootFrom(stairs, start, 0.25, range, options);
        expect(Math.abs((found ?? Number.NaN) - jump)).toBeLessThan(tolerance);
      }),
      runs,
    );
  });

  it("asks a smooth function for fewer values, and still finds its root to the tolerance", () => {
    const place = fc.double({ min: -1.5, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(place, (root) => {
        let asked = 0;
        const curve = (x: number) => {
          asked++;
          return Math.sinh(x - root);
        };
        const found = [true, false].map((isSmooth) => {
          const before = asked;
          const at = rootFrom(curve, root - 0.3, 0.5, range, { tolerance, isSmooth });
          expect(Math.abs((at ?? Number.NaN) - root)).toBeLessThan(tolerance);
          return asked - before;
        });
        expect(found[0]).toBeLessThan(found[1]);
      }),
      runs,
    );
  });

  it("finds a root beside which the function is infinite, as a likelihood of 0 makes it", () => {
    const height = (x: number) => (x <= 0 ? Number.NEGATIVE_INFINITY : Math.log(x) + 3);
    expect(rootFrom(height, 2, 0.3, range, options)).toBeCloseTo(Math.exp(-3), 5);
  });

  it("is null where the function keeps its sign up to the end of the range", () => {
    expect(rootFrom(() => 1, 0, 0.25, range, options)).toBeNull();
    expect(rootFrom(() => -1, 0, 0.25, range, options)).toBeNull();
    expect(rootFrom((x) => x - 5.001, 0, 0.25, range, options)).toBeNull();
    expect(rootFrom((x) => x - 4.999, 0, 0.25, range, options)).toBeCloseTo(4.999, 5);
  });

  it("never looks outside the range", () => {
    const seen: number[] = [];
    for (const sign of [-1, 1]) {
      rootFrom(
        (x) => {
          seen.push(x);
          return sign;
        },
        1,
        0.3,
        range,
        options,
      );
    }
    expect(Math.min(...seen)).toBe(range.low);
    expect(Math.max(...seen)).toBe(range.high);
  });

  it("of several roots finds the nearest one", () => {
    const wave = (x: number) => Math.sin(2 * Math.PI * x);
    expect(rootFrom(wave, 2.2, 0.05, range, options)).toBeCloseTo(2, 5);
    expect(rootFrom(wave, 0.8, 0.05, range, options)).toBeCloseTo(1, 5);
  });

  it("is the start itself where the function is zero there", () => {
    expect(rootFrom((x) => x - 1, 1, 0.25, range, options)).toBe(1);
  });
});

describe("crossingsOf", () => {
  it("places every upward crossing by interpolation, and no downward one", () => {
    const cubic = (x: number) => (x + 1) * (x - 1) * (x - 3);
    const found = crossingsOf(cubic, range, 0.01);
    expect(found.map(({ place }) => place)).toEqual([expect.closeTo(-1, 3), expect.closeTo(3, 3)]);
  });

  it("is exact for a straight line, and its rise is that of five steps", () => {
    const [found] = crossingsOf((x) => 2 * (x - 0.6), range, 0.25);
    expect(found.place).toBeCloseTo(0.6, 12);
    expect(found.rise).toBeCloseTo(2 * 5 * 0.25, 12);
  });

  it("counts a zero on the grid once, as the end of the rise", () => {
    expect(crossingsOf((x) => x, { low: -1, high: 1 }, 0.5)).toEqual([
      { place: 0, rise: expect.any(Number) },
    ]);
    expect(crossingsOf((x) => Math.abs(x), { low: -1, high: 1 }, 0.5)).toEqual([]);
  });

  it("takes the rise over fewer steps beside an end of the range", () => {
    const [found] = crossingsOf((x) => x + 1.9, range, 0.25);
    expect(found.place).toBeCloseTo(-1.9, 12);
    expect(found.rise).toBeCloseTo(0.75, 12);
  });
});
