import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { narrowToBfloat16, widenBfloat16 } from "./bfloat16.ts";

const narrowed = (value: number) => narrowToBfloat16(Float32Array.of(value))[0];
const widened = (pattern: number) => widenBfloat16(Uint16Array.of(pattern))[0];

describe("bfloat16", () => {
  it.each([
    [0x3f80, 1],
    [0xc000, -2],
    [0x0000, 0],
    [0x8000, -0],
    [0x7f80, Number.POSITIVE_INFINITY],
    [0xff80, Number.NEGATIVE_INFINITY],
    [0x7fc0, Number.NaN],
    [0x4049, 3.140625], // π with 8 significant bits
    [0x0001, 2 ** -133], // the smallest number > 0
    [0x7f7f, 255 * 2 ** 120], // the largest
  ])("pattern %i stands for %d, both ways", (pattern, value) => {
    expect(widened(pattern)).toBe(value);
    expect(narrowed(value)).toBe(pattern);
  });

  it("every pattern that is no NaN survives widening and narrowing", () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern).filter(
      (pattern) => (pattern & 0x7f80) !== 0x7f80 || (pattern & 0x7f) === 0,
    );
    expect(narrowToBfloat16(widenBfloat16(patterns))).toEqual(patterns);
  });

  it("rounds ties to even, and NaN of any pattern to NaN", () => {
    expect(narrowed(1 + 2 ** -8)).toBe(0x3f80);
    expect(narrowed(1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(narrowed(3.4e38)).toBe(0x7f80);
    const patterns = Uint32Array.of(0x7fffffff, 0xffffffff, 0x7f800001);
    expect([...widenBfloat16(narrowToBfloat16(new Float32Array(patterns.buffer)))]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("rounds to the nearest: within half a unit of the eighth digit", () => {
    fc.assert(
      fc.property(fc.float({ min: 2 ** -100, max: 2 ** 100, noNaN: true }), (value) => {
        expect(Math.abs(widened(narrowed(value)) - value)).toBeLessThanOrEqual(value * 2 ** -8);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});
