/** Matrices as tables. */

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
