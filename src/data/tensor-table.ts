/** Tensors as plain numbers, and matrices as tables. */

import { InputError } from "../errors.ts";
import type { Column, NamedTensor, Table, Tensor } from "../tensor.ts";

/**
 * The values as floating-point numbers, without a copy where they are such already; booleans become 0 and 1.
 *
 * @throws InputError `inexact-integer` for a 64-bit integer that float64 cannot hold exactly
 */
export function toFloats(tensor: Tensor): Float64Array | Float32Array {
  switch (tensor.dtype) {
    case "float64":
    case "float32":
    case "float16":
    case "bfloat16":
      return tensor.data;
    case "int64":
    case "uint64":
      return fromBigIntegers(tensor.data);
    case "bool":
      return Float64Array.from(tensor.data, (value) => (value === 0 ? 0 : 1));
    default:
      return Float64Array.from(tensor.data);
  }
}

function fromBigIntegers(data: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    out[i] = Number(data[i]);
    if (Math.abs(out[i]) > Number.MAX_SAFE_INTEGER) {
      throw new InputError({
        code: "inexact-integer",
        message: `toFloats: expected integers of at most 2^53 - 1, got ${data[i]} (index ${i}); save them as float64, or leave out what is an identifier`,
      });
    }
  }
  return out;
}

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
