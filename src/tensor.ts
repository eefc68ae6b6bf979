/**
 * The shapes in which data cross rooms: a tensor, a tensor with a name, a table of columns.
 *
 * Plain readonly records, so that each survives a worker message. Values are row-major.
 */

import { InputError } from "./errors.ts";

/** Element types a tensor may hold; 64-bit integers are BigInt arrays. */
export interface TensorArrays {
  readonly float64: Float64Array;
  readonly float32: Float32Array;
  readonly float16: Float32Array; // widened on reading: JavaScript on Node 20 has no half-precision array
  readonly bfloat16: Float32Array; // widened on reading: the upper half of a float32, JavaScript has no array of it
  readonly int64: BigInt64Array;
  readonly uint64: BigUint64Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}

export type DataType = keyof TensorArrays;

/** An array of numbers with a shape; `data` is row-major and its length is the product of `shape`. */
export type Tensor = {
  readonly [D in DataType]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: TensorArrays[D];
  };
}[DataType];

/** A tensor under the name it has in its file, such as `rnn.weight_hh_l0`. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** A column of numbers (missing cells are NaN) or of text (missing cells are ""). */
export type Column =
  | { readonly name: string; readonly kind: "number"; readonly values: Float64Array }
  | { readonly name: string; readonly kind: "text"; readonly values: readonly string[] };

/** Columns of one length, as read from a file. */
export interface Table {
  /** What the file is called in messages, such as `table "spines.csv"`. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The line of the file that each row came from; null where the file has no lines. */
  readonly lines: Int32Array | null;
}

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
