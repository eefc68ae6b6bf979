/** Matrices, and vectors of one length, as tables. */

import { InputError } from "../errors.ts";
import { type Column, type NamedTensor, type Table, toFloats } from "../tensor.ts";

/**
 * A matrix [rows, columns] as a table with columns "0", "1", …, such as [synapses, sessions].
 *
 * @throws InputError `not-a-matrix`, `inexact-integer`
 */
export function tensorTable({ name, tensor }: NamedTensor): Table {
  const source = `array "${name}"`;
  if (tensor.shape.length !== 2) {
    throw new InputError({
      code: "not-a-matrix",
      message: `${source}: expected a shape [rows, columns], got ${JSON.stringify(tensor.shape)}; reshape it, or give two arrays`,
    });
  }
  const [rows, width] = tensor.shape;
  const values = toFloats(tensor);
  const columns = Array.from({ length: width }, (_, column): Column => {
    const cells = new Float64Array(rows);
    for (let row = 0; row < rows; row++) cells[row] = values[row * width + column];
    return { name: String(column), kind: "number", values: cells };
  });
  return { source, rows, columns, lines: null };
}

/**
 * The vectors as long as the one named as a table, a column each, such as the arrays of a group in an NWB file; [n, 1] and
 * [1, n] count as vectors, as MATLAB has them. Other arrays are no columns of it.
 *
 * @param source  what the table is called in messages
 * @throws InputError `not-a-vector`, `inexact-integer`
 */
export function vectorTable(source: string, tensors: readonly NamedTensor[], name: string): Table {
  const named = tensors.find((each) => each.name === name);
  const rows = named === undefined ? null : vectorLength(named.tensor.shape);
  if (rows === null) {
    throw new InputError({
      code: "not-a-vector",
      message: `${source}: expected a vector to be a column of a table, got ${named === undefined ? "none" : JSON.stringify(named.tensor.shape)} for "${name}"; name another array, or leave out what needs a table`,
    });
  }
  const columns = tensors
    .filter((each) => vectorLength(each.tensor.shape) === rows)
    .map(
      (each): Column => ({
        name: each.name,
        kind: "number",
        values: Float64Array.from(toFloats(each.tensor)),
      }),
    );
  return { source, rows, columns, lines: null };
}

/** The length of a vector, as which [n, 1] and [1, n] count; null for any other array. */
export function vectorLength(shape: readonly number[]): number | null {
  const long = shape.filter((size) => size !== 1);
  const isVector = shape.length === 1 || (shape.length === 2 && long.length <= 1);
  return isVector ? (long[0] ?? 1) : null;
}
