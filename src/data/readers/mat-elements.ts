/** The elements of a MATLAB 5 file: a type, a length, and bytes that may be compressed or elements again. */

import { InputError } from "../../errors.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import { type ByteSource, requireRange, type SliceOptions, windowSource } from "../byte-source.ts";
import { inflateZlib, largestExpansion } from "../zip.ts";

/** A run of elements: a part of the file, or what a compressed element holds. */
export interface MatSpan {
  readonly source: ByteSource;
  readonly isLittleEndian: boolean;
  readonly options: SliceOptions | undefined;
  /** What the file is called in messages. */
  readonly where: string;
}

export interface MatElement {
  readonly type: number;
  /** Bytes of the contents, from `start` to `end`; the next element begins at `next`. */
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

export const matrixType = 14;
export const compressedType = 15;

/** Read at once from the start of a compressed element: the names and sizes of all but the largest structures. */
const headBytes = 512;

export function badMat(where: string, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-mat",
    message: `${where}: expected ${expected}, got ${got}; the file is damaged or cut short: copy or save it again`,
  });
}

/** The element at a place, which must end by `limit`. A short one keeps up to four bytes where others keep their length. */
export async function elementAt(span: MatSpan, at: number, limit: number): Promise<MatElement> {
  if (at + 8 > limit) throw badMat(span.where, `an element at byte ${at}`, `the end at ${limit}`);
  const bytes = await span.source.slice(at, at + 8, span.options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const first = view.getUint32(0, span.isLittleEndian);
  const isShort = first >>> 16 !== 0;
  const type = first & 0xffff;
  const length = isShort ? first >>> 16 : view.getUint32(4, span.isLittleEndian);
  const start = at + (isShort ? 4 : 8);
  const end = start + length;
  if (end > limit || (isShort && length > 4)) {
    throw badMat(span.where, `an element of ${length} bytes at byte ${at}`, `the end at ${limit}`);
  }
  if (isShort) return { type, start, end, next: at + 8 };
  // Compressed elements are not padded; the padding of the last element may be missing.
  const next = type === compressedType ? end : Math.min(limit, start + Math.ceil(length / 8) * 8);
  return { type, start, end, next };
}

/** The element that a compressed one holds; of it only what is asked for is inflated: the head, or all. */
export async function inflatedSpan(span: MatSpan, { start, end }: MatElement): Promise<MatSpan> {
  const { source, options } = span;
  const name = source.name;
  const window = windowSource(source, start, end);
  const tag = await inflateZlib(window, 8, false, options);
  const length = new DataView(tag.buffer, tag.byteOffset, 8).getUint32(4, span.isLittleEndian) + 8;
  if (length > (end - start) * largestExpansion) {
    throw badMat(
      span.where,
      `at most ${(end - start) * largestExpansion} bytes from ${end - start}`,
      String(length),
    );
  }
  let head: Uint8Array | null = null;
  let whole: Uint8Array | null = null;
  const inflated: ByteSource = {
    name,
    byteLength: length,
    async slice(from, to, sliceOptions) {
      requireRange(inflated, from, to);
      if (whole === null && to <= headBytes && length > headBytes) {
        head ??= await inflateZlib(window, headBytes, false, sliceOptions);
        return head.subarray(from, to);
      }
      whole ??= await inflateZlib(window, length, true, sliceOptions);
      return whole.subarray(from, to);
    },
  };
  return { ...span, source: inflated };
}

/** Numbers as an element stores them. */
export type StoredNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

const numberTypes: ReadonlyMap<number, (buffer: ArrayBuffer) => StoredNumbers> = new Map([
  [1, (buffer: ArrayBuffer): StoredNumbers => new Int8Array(buffer)],
  [2, (buffer) => new Uint8Array(buffer)],
  [3, (buffer) => new Int16Array(buffer)],
  [4, (buffer) => new Uint16Array(buffer)],
  [5, (buffer) => new Int32Array(buffer)],
  [6, (buffer) => new Uint32Array(buffer)],
  [7, (buffer) => new Float32Array(buffer)],
  [9, (buffer) => new Float64Array(buffer)],
  [12, (buffer) => new BigInt64Array(buffer)],
  [13, (buffer) => new BigUint64Array(buffer)],
]);
const itemSizes: ReadonlyMap<number, number> = new Map(
  Array.from(numberTypes, ([type, make]) => [type, make(new ArrayBuffer(0)).BYTES_PER_ELEMENT]),
);

/** The numbers of an element, in memory of their own. */
export async function numbersOf(span: MatSpan, { type, start, end }: MatElement): Promise<StoredNumbers> {
  const make = numberTypes.get(type);
  const itemSize = itemSizes.get(type) ?? 1;
  if (make === undefined || (end - start) % itemSize !== 0) {
    throw badMat(
      span.where,
      `whole numbers of a known type at byte ${start}`,
      `${end - start} bytes of type ${type}`,
    );
  }
  const bytes = await span.source.slice(start, end, span.options);
  const isNative = itemSize === 1 || span.isLittleEndian === hostIsLittleEndian;
  const native = isNative ? bytes.slice() : reversedItems(bytes, itemSize);
  // A slice of bytes and a reversed copy both have buffers of their own, of just this length.
  return make(native.buffer as ArrayBuffer);
}
