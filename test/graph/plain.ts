/** Arrays of float64 with a shape, for reference implementations in plain loops; integers and truth values too. */

export interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Every index of a shape, row-major. */
export function* indicesOf(shape: readonly number[]): Iterable<number[]> {
  const total = sizeOf(shape);
  for (let flat = 0; flat < total; flat++) yield indexOf(flat, shape);
}

export function indexOf(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

export function placeOf(index: readonly number[], shape: readonly number[]): number {
  return shape.reduce((place, size, axis) => place * size + index[axis], 0);
}

/** The element at an index; 0 outside, as in zero padding. */
export function at(x: Plain, index: readonly number[]): number {
  const inside = index.every((i, axis) => i >= 0 && i < x.shape[axis]);
  return inside ? x.data[placeOf(index, x.shape)] : 0;
}

/** The element that broadcasting puts at an index of a larger shape. */
export function atBroadcast(x: Plain, index: readonly number[]): number {
  const tail = index.slice(index.length - x.shape.length);
  return x.data[
    placeOf(
      tail.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
      x.shape,
    )
  ];
}

/** A new array from a function of the index. */
export function build(shape: readonly number[], value: (index: number[]) => number): Plain {
  return { shape, data: Array.from(indicesOf(shape), value) };
}

/** The same function on every element of arrays that broadcast. */
export function mapBroadcast(inputs: readonly Plain[], value: (...elements: number[]) => number): Plain {
  const rank = Math.max(...inputs.map((x) => x.shape.length));
  const shape = Array.from({ length: rank }, (_, i) => {
    const sizes = inputs.map((x) => x.shape[x.shape.length - rank + i] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
  return build(shape, (index) => value(...inputs.map((x) => atBroadcast(x, index))));
}
