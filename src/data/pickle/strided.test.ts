import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowMajor } from "./strided.ts";

/** Every place of an array, the last index running fastest. */
function places(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (before, size) => before.flatMap((place) => Array.from({ length: size }, (_, k) => [...place, k])),
    [[]],
  );
}

describe("rowMajor", () => {
  it("takes value Σ iₖ·strideₖ for every place (i₀, i₁, …), whatever the strides", () => {
    const axis = fc.record({ size: fc.integer({ min: 1, max: 5 }), stride: fc.integer({ min: 0, max: 9 }) });
    const views = fc.record({
      axes: fc.array(axis, { maxLength: 4 }),
      itemSize: fc.constantFrom(1, 2, 4, 8),
    });
    fc.assert(
      fc.property(views, ({ axes, itemSize }) => {
        const shape = axes.map(({ size }) => size);
        const strides = axes.map(({ stride }) => stride);
        const count = axes.reduce((last, { size, stride }) => last + (size - 1) * stride, 1);
        const bytes = Uint8Array.from({ length: count * itemSize }, (_, k) => (k * 7 + (k >> 8)) & 255);
        const expected = places(shape).flatMap((place) => {
          const item = place.reduce((sum, index, k) => sum + index * strides[k], 0) * itemSize;
          return Array.from(bytes.subarray(item, item + itemSize));
        });
        expect(Array.from(rowMajor(bytes, itemSize, shape, strides))).toEqual(expected);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("gives back what is row-major already, without a copy", () => {
    const bytes = new Uint8Array(24);
    expect(rowMajor(bytes, 4, [2, 3], [3, 1])).toBe(bytes);
    expect(rowMajor(bytes, 4, [2, 1, 3], [3, 77, 1])).toBe(bytes);
  });

  it("turns a transposed matrix, also from bytes that are not aligned", () => {
    const bytes = Uint8Array.from({ length: 25 }, (_, k) => k).subarray(1);
    const turned = rowMajor(bytes, 4, [3, 2], [1, 3]);
    expect(Array.from(turned.subarray(0, 8))).toEqual([1, 2, 3, 4, 13, 14, 15, 16]);
    expect(bytes[0]).toBe(1);
  });
});
