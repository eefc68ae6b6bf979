/** Tensors on shared storages, as row-major arrays of their own. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType, Tensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { SliceOptions } from "../byte-source.ts";
import { rowMajorFromFortran } from "../readers/fortran-order.ts";
import { alignedTo, tensorOfNativeBytes } from "../tensor-bytes.ts";
import type { NamedArray } from "./named-parts.ts";
import { type ElementType, type OpenStorage, quote, type StridedArray, valueCount } from "./values.ts";

/** A tensor whose storage is found and checked. */
export interface LocatedArray extends NamedArray {
  readonly storage: OpenStorage;
  readonly element: ElementType & { readonly dtype: DataType };
  /** First value in the storage, and the value after the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the values of a tensor and checks that they lie within their storage; none are read.
 *
 * @throws InputError `outside-storage` and what the storage throws; UnsupportedError `element-type`
 */
export async function locate(
  where: string,
  named: NamedArray,
  options: SliceOptions | undefined,
): Promise<LocatedArray> {
  const { name, array } = named;
  const storage = await array.storage.open(options);
  const element = array.element ?? storage.element;
  if (!isHeld(element)) throw refusedKind(where, name, element.name);
  const { offset, shape, strides } = array;
  const last = shape.reduce((place, size, axis) => place + (size - 1) * strides[axis], offset);
  const end = shape.includes(0) ? offset : last + 1;
  const present = Math.floor(storage.source.byteLength / element.itemSize);
  if (shape.includes(0) || end <= present) return { ...named, storage, element, start: offset, end };
  throw new InputError({
    code: "outside-storage",
    message: `${where}: expected ${quote(name)} within the ${present} values of its storage, got values ${offset} to ${end} (${element.dtype} ${JSON.stringify(shape)}); the file is damaged: copy or save it again`,
  });
}

const isHeld = (element: ElementType): element is ElementType & { dtype: DataType } => element.dtype !== null;

export function refusedKind(where: string, name: string, what: string): UnsupportedError {
  return new UnsupportedError({
    code: "element-type",
    message: `${where}: expected a dense tensor of floating-point numbers, integers or booleans, got ${what} (${quote(name)}); save it as float32`,
  });
}

/** Bytes that the values take in the file's type. */
export function byteLengthOf({ array, element }: LocatedArray): number {
  return (valueCount(array.shape) ?? Number.POSITIVE_INFINITY) * element.itemSize;
}

/** Reads the part of the storage that the tensor spans. @throws UnsupportedError `too-large` */
export async function readArray(
  where: string,
  located: LocatedArray,
  options: SliceOptions | undefined,
): Promise<Tensor> {
  const { name, array, element, storage, start, end } = located;
  const { dtype, itemSize } = element;
  if (array.shape.includes(0)) return tensorOfNativeBytes(dtype, array.shape, new Uint8Array(0));
  try {
    let bytes = await storage.source.slice(start * itemSize, end * itemSize, options);
    if (storage.littleEndian !== hostIsLittleEndian && itemSize > 1) bytes = reversedItems(bytes, itemSize);
    return tensorOfNativeBytes(dtype, array.shape, rowMajor(bytes, itemSize, array.shape, array.strides));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UnsupportedError({
      code: "too-large",
      message: `${where}: expected an array that fits into memory, got ${dtype} ${JSON.stringify(array.shape)} (${quote(name)}); split it into smaller arrays`,
      cause,
    });
  }
}

/**
 * The values of a view in row-major order, from bytes that begin with its first value.
 *
 * Row-major views are given back as they are.
 */
export function rowMajor(
  bytes: Uint8Array,
  itemSize: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  if (isRowMajor({ shape, strides })) return bytes;
  const axes = axesOf({ shape, strides });
  if (isDense(axes))
    return rowMajorFromFortran(
      alignedTo(bytes, itemSize),
      itemSize,
      axes.map(({ size }) => size),
    );
  return gather(bytes, itemSize, axes);
}

interface Axis {
  readonly size: number;
  readonly stride: number;
}

type Strided = Pick<StridedArray, "shape" | "strides">;

/** Whether the values follow each other in row-major order. */
export function isRowMajor(array: Strided): boolean {
  return isDense(axesOf(array).reverse());
}

/** The stride of an axis of size 1 says nothing. */
function axesOf({ shape, strides }: Strided): Axis[] {
  return shape.map((size, axis) => ({ size, stride: strides[axis] })).filter(({ size }) => size > 1);
}

/** Whether the values follow each other without gaps, the first of these axes running fastest. */
function isDense(axes: readonly Axis[]): boolean {
  let expected = 1;
  for (const { size, stride } of axes) {
    if (stride !== expected) return false;
    expected *= size;
  }
  return true;
}

function gather(bytes: Uint8Array, itemSize: number, axes: readonly Axis[]): Uint8Array {
  const outer = axes.slice(0, -1);
  const inner = axes[axes.length - 1];
  const out = new Uint8Array(axes.reduce((product, { size }) => product * size, itemSize));
  const place = outer.map(() => 0);
  for (let target = 0; target < out.length; ) {
    let from = 0;
    for (let axis = 0; axis < outer.length; axis++) from += place[axis] * outer[axis].stride;
    for (let k = 0; k < inner.size; k++) {
      const item = (from + k * inner.stride) * itemSize;
      for (let byte = 0; byte < itemSize; byte++) out[target++] = bytes[item + byte];
    }
    for (let axis = outer.length - 1; axis >= 0 && ++place[axis] === outer[axis].size; axis--)
      place[axis] = 0;
  }
  return out;
}
