/** Tensors as the bytes of their values, and back. */

import { InputError } from "../errors.ts";
import type { DataType, Tensor, TensorArrays } from "../tensor.ts";
import { narrowToBfloat16, widenBfloat16 } from "./bfloat16.ts";
import { hostIsLittleEndian, reversedItems } from "./byte-order.ts";
import { narrowToFloat16, widenFloat16 } from "./float16.ts";

/** Bytes that one value takes in a file. */
export const itemSizes: { readonly [D in DataType]: number } = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  uint64: 8,
  int32: 4,
  uint32: 4,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

type Views = {
  readonly [D in DataType]: (buffer: ArrayBufferLike, offset: number, length: number) => TensorArrays[D];
};

const views: Views = {
  float64: (buffer, offset, length) => new Float64Array(buffer, offset, length),
  float32: (buffer, offset, length) => new Float32Array(buffer, offset, length),
  float16: (buffer, offset, length) => widenFloat16(new Uint16Array(buffer, offset, length)),
  bfloat16: (buffer, offset, length) => widenBfloat16(new Uint16Array(buffer, offset, length)),
  int64: (buffer, offset, length) => new BigInt64Array(buffer, offset, length),
  uint64: (buffer, offset, length) => new BigUint64Array(buffer, offset, length),
  int32: (buffer, offset, length) => new Int32Array(buffer, offset, length),
  uint32: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  int16: (buffer, offset, length) => new Int16Array(buffer, offset, length),
  uint16: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  int8: (buffer, offset, length) => new Int8Array(buffer, offset, length),
  uint8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
  bool: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
};

/** The bytes themselves where they start at a multiple of the item size in memory, else a copy that does. */
export function alignedTo(bytes: Uint8Array, itemSize: number): Uint8Array {
  // The slice of a Buffer of Node would be a view and no copy.
  return bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes);
}

/** Row-major values in this machine's byte order as a tensor, without a copy where the bytes are aligned. */
export function tensorOfNativeBytes(dtype: DataType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const aligned = alignedTo(bytes, itemSizes[dtype]);
  const data = views[dtype](aligned.buffer, aligned.byteOffset, aligned.byteLength / itemSizes[dtype]);
  // `dtype` chose the view, which the compiler cannot follow through the union.
  return { dtype, shape, data } as Tensor;
}

/** The values as a file keeps them: little-endian, two bytes for the half-width types (rounded to nearest, ties to even). */
export function littleEndianBytes(tensor: Tensor): Uint8Array {
  const data = storedValues(tensor);
  const native = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return hostIsLittleEndian ? native : reversedItems(native, data.BYTES_PER_ELEMENT);
}

function storedValues(tensor: Tensor): Tensor["data"] {
  if (tensor.dtype === "float16") return narrowToFloat16(tensor.data);
  return tensor.dtype === "bfloat16" ? narrowToBfloat16(tensor.data) : tensor.data;
}

/** Throws unless the number of values is the product of the shape; `where` names the caller in the sentence. */
export function requireValuesOfShape(where: string, { shape, data }: Tensor): void {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (data.length === expected) return;
  throw new InputError({
    code: "shape-mismatch",
    message: `${where}: expected ${expected} values for shape ${JSON.stringify(shape)}, got ${data.length}; give the shape of the data`,
  });
}
