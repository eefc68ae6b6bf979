import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hull, linearTicks, logTicks, padLog } from "./scales.ts";

const SEED = 20240116;
const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });

describe("scales", () => {
  it("logTicks lie in the range, rise, and are at most seven; two decades and more have two at least", () => {
    fc.assert(
      fc.property(positive, fc.double({ min: 100, max: 1e20, noNaN: true }), (low, ratio) => {
        const range = { low, high: low * ratio };
        const values = logTicks(range).map(({ value }) => value);
        expect(values.length).toBeLessThanOrEqual(7);
        expect(values.length).toBeGreaterThanOrEqual(2);
        for (const value of values) expect(value >= range.low && value <= range.high).toBe(true);
        expect([...values].sort((a, b) => a - b)).toEqual(values);
      }),
      { seed: SEED },
    );
  });

  it("logTicks labels are decimals near 1 and powers of ten far from it", () => {
    expect(logTicks({ low: 0.02, high: 0.7 }).map(({ label }) => label)).toEqual([
      "0.02",
      "0.05",
      "0.1",
      "0.2",
      "0.5",
    ]);
    expect(logTicks({ low: 2e-6, high: 0.2 }).map(({ label }) => label)).toEqual([
      "10⁻⁵",
      "10⁻⁴",
      "10⁻³",
      "10⁻²",
      "10⁻¹",
    ]);
  });

  it("linearTicks lie in the range at equal steps, and their labels are as exact as the steps", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, width) => {
          const ticks = linearTicks({ low, high: low + width });
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(9);
          for (const { value } of ticks) {
            // rounding of k × step at values a million times the width's thousandth
            expect(value).toBeGreaterThanOrEqual(low - 1e-6 * width - 1e-9);
            expect(value).toBeLessThanOrEqual(low + width + 1e-6 * width + 1e-9);
          }
          expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        },
      ),
      { seed: SEED },
    );
    expect(linearTicks({ low: -0.31, high: 0.22 }).map(({ label }) => label)).toEqual([
      "−0.3",
      "−0.2",
      "−0.1",
      "0.0",
      "0.1",
      "0.2",
    ]);
  });

  it("hull passes over null and what is not finite", () => {
    expect(hull([null, 3, Number.NaN, -1, Number.POSITIVE_INFINITY])).toEqual({ low: -1, high: 3 });
    expect(hull([null, Number.NaN])).toBeNull();
  });

  it("padLog widens a single value too", () => {
    const { low, high } = padLog({ low: 2, high: 2 }, 0.1);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
  });
});
