import fc from "fast-check";
import { expect, it } from "vitest";
import { rowMajorFromFortran } from "./fortran-order.ts";

/** Element by element, by the definition of the two orders. */
function turnedByDefinition(from: Uint8Array, itemSize: number, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const to = new Uint8Array(from.length);
  for (let target = 0; target < count; target++) {
    let rest = target;
    const place = [...shape].reverse().map((size) => {
      const index = rest % size;
      rest = (rest - index) / size;
      return index;
    });
    const source = place.reduce((sum, index, k) => sum * shape[shape.length - 1 - k] + index, 0);
    to.set(from.subarray(source * itemSize, (source + 1) * itemSize), target * itemSize);
  }
  return to;
}

it("rowMajorFromFortran moves every element to where the definition puts it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 5 }),
      fc.constantFrom(1, 2, 4, 8),
      (shape, itemSize) => {
        const bytes = Uint8Array.from(
          { length: shape.reduce((a, b) => a * b, itemSize) },
          (_, i) => (i * 37) % 251,
        );
        expect(rowMajorFromFortran(bytes, itemSize, shape)).toEqual(
          turnedByDefinition(bytes, itemSize, shape),
        );
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

it.each([1, 2, 4, 8])("matrices larger than one block are turned whole (items of %d bytes)", (itemSize) => {
  const shape = [70, 2, 45];
  const bytes = Uint8Array.from({ length: 6300 * itemSize }, (_, i) => (i * 37) % 251);
  expect(rowMajorFromFortran(bytes, itemSize, shape)).toEqual(turnedByDefinition(bytes, itemSize, shape));
});
