/** Arrays stored with the first index running fastest, turned so that the last one does. */

/** Side of the square that is turned at a time: both its rows and its columns then stay in the processor's cache. */
const side = 32;

/**
 * The bytes of an array in row-major (C) order, from column-major (Fortran) order; the input is left as it is.
 *
 * Element (i₀, …, i_k) moves from i₀ + d₀(i₁ + d₁(…)) to i_k + d_k(i_{k−1} + …).
 *
 * @param bytes     length itemSize · Π shape, aligned to itemSize
 * @param itemSize  1, 2, 4 or 8
 */
export function rowMajorFromFortran(
  bytes: Uint8Array,
  itemSize: number,
  shape: readonly number[],
): Uint8Array {
  if (shape.length < 2 || bytes.length === 0) return bytes;
  const out = new Uint8Array(bytes.length);
  if (itemSize === 1) turn(bytes, out, 1, shape);
  else if (itemSize === 2) turn(as16(bytes), as16(out), 1, shape);
  else turn(as32(bytes), as32(out), itemSize / 4, shape);
  return out;
}

function as16(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function as32(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

type Words = Uint8Array | Uint16Array | Uint32Array;

/** For every place on the middle axes, turns the matrix spanned by the first and the last axis. */
function turn(from: Words, to: Words, wordsPerItem: number, shape: readonly number[]): void {
  const middle = shape.slice(1, -1);
  const rows = shape[0];
  const columns = shape[shape.length - 1];
  const middleSize = middle.reduce((product, size) => product * size, 1);
  const place = middle.map(() => 0);
  for (let visited = 0; visited < middleSize; visited++) {
    let fromStart = 0;
    for (let axis = middle.length - 1; axis >= 0; axis--) fromStart = fromStart * middle[axis] + place[axis];
    const start = { from: fromStart * rows, to: visited * columns };
    turnMatrix(from, to, wordsPerItem, { rows, columns, middleSize, start });
    // The last middle axis runs fastest, so that `visited` counts the places in row-major order.
    for (let axis = middle.length - 1; axis >= 0 && ++place[axis] === middle[axis]; axis--) place[axis] = 0;
  }
}

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly middleSize: number;
  readonly start: { readonly from: number; readonly to: number };
}

function turnMatrix(from: Words, to: Words, wordsPerItem: number, matrix: Matrix): void {
  const { rows, columns, middleSize, start } = matrix;
  const fromStep = rows * middleSize;
  const toStep = columns * middleSize;
  for (let row0 = 0; row0 < rows; row0 += side) {
    const rowEnd = Math.min(rows, row0 + side);
    for (let column0 = 0; column0 < columns; column0 += side) {
      const columnEnd = Math.min(columns, column0 + side);
      for (let row = row0; row < rowEnd; row++) {
        for (let column = column0; column < columnEnd; column++) {
          const source = start.from + row + column * fromStep;
          const target = start.to + row * toStep + column;
          if (wordsPerItem === 1) {
            to[target] = from[source];
          } else {
            to[2 * target] = from[2 * source];
            to[2 * target + 1] = from[2 * source + 1];
          }
        }
      }
    }
  }
}
