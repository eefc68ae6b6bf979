import fc from "fast-check";
import { expect, it } from "vitest";
import { narrowToFloat16, widenFloat16 } from "./float16.ts";

const patterns = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern);
const values = widenFloat16(patterns);

it("widens the patterns of IEEE 754's examples", () => {
  const known = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8000, 0x7c00, 0xfc00);
  expect([...widenFloat16(known)]).toEqual([
    1,
    -2,
    65504,
    2 ** -14,
    (1023 / 1024) * 2 ** -14,
    2 ** -24,
    -0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(widenFloat16(Uint16Array.of(0x7e00))[0]).toBeNaN();
});

it("narrows every half-precision number back to its pattern", () => {
  const numbers = patterns.filter((pattern) => !Number.isNaN(values[pattern]));
  expect(narrowToFloat16(widenFloat16(numbers))).toEqual(numbers);
});

it("narrows to the nearest, ties to even", () => {
  const finite = Float32Array.from(values.filter((value) => Number.isFinite(value))).sort();
  fc.assert(
    fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
      const narrowed = widenFloat16(narrowToFloat16(Float32Array.of(value)))[0];
      const nearest = finite.reduce(
        (best, other) => Math.min(best, Math.abs(other - value)),
        Number.POSITIVE_INFINITY,
      );
      return Math.abs(narrowed - value) === nearest;
    }),
    { seed: 1, numRuns: 100 },
  );
  // 1 + 2^-11 lies halfway between the patterns 0x3c00 and 0x3c01, 1 + 3·2^-11 between 0x3c01 and 0x3c02.
  expect([
    ...narrowToFloat16(Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25)),
  ]).toEqual([0x3c00, 0x3c02, 0x7bff, 0x7c00, 0]);
});
