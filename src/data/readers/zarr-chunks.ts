/** One chunk of a Zarr array: what it claims to hold, and where its values belong. */

import { itemSizes } from "../tensor-bytes.ts";
import type { ZarrChunk } from "./zarr-library.ts";
import type { ZarrArray } from "./zarr-metadata.ts";

/** Throws a RangeError where compressed bytes claim to hold more than a chunk does: the decoder would make room for it. */
export function requireChunkWithin({ compression, chunks, dtype }: ZarrArray, bytes: Uint8Array): void {
  const most = chunks.reduce((product, size) => product * size, itemSizes[dtype]);
  const claimed = claimedLength(compression, bytes);
  if (claimed > most) throw new RangeError(`a chunk of ${claimed} bytes where ${most} fit`);
}

/** What the head of compressed bytes says; 0 for gzip and zlib, which cannot grow without bound. */
function claimedLength(compression: string | null, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (compression === "blosc") return view.getUint32(4, true);
  if (compression === "lz4") return view.getUint32(0, true);
  return compression === "zstd" ? zstdLength(view) : 0;
}

/** @see Collet & Kucherawy 2021, RFC 8878, section 3.1.1.1, doi:10.17487/RFC8878 */
function zstdLength(view: DataView): number {
  if (view.getUint32(0, true) !== 0xfd2fb528) throw new RangeError("other bytes than a frame of zstd");
  const descriptor = view.getUint8(4);
  const isSingle = (descriptor & 32) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  switch (descriptor >> 6) {
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    case 3:
      return Number(view.getBigUint64(at, true));
    default:
      if (isSingle) return view.getUint8(at);
      throw new RangeError("a frame of zstd without its length");
  }
}

/** Copies the part of a chunk that lies within the array to its place in row-major bytes. */
export function copyChunk(
  out: Uint8Array,
  itemSize: number,
  shape: readonly number[],
  chunks: readonly number[],
  place: readonly number[],
  { data, stride }: ZarrChunk,
): void {
  const count = chunks.reduce((product, size) => product * size, 1);
  if (!ArrayBuffer.isView(data) || data.byteLength !== count * itemSize) {
    throw new RangeError(
      `a chunk of ${ArrayBuffer.isView(data) ? data.byteLength : "other"} bytes for ${count} values`,
    );
  }
  const from = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const extent = shape.map((size, axis) => Math.min(chunks[axis], size - place[axis] * chunks[axis]));
  const index = shape.map(() => 0);
  const width = shape.length === 0 ? 1 : extent[extent.length - 1];
  const last = shape.length - 1;
  // Row by row of the last axis; the other axes count like an odometer.
  for (;;) {
    let source = 0;
    let target = 0;
    for (let axis = 0; axis <= last; axis++) {
      source += index[axis] * stride[axis];
      target = target * shape[axis] + place[axis] * chunks[axis] + index[axis];
    }
    const step = shape.length === 0 ? 1 : stride[last];
    for (let k = 0; k < width; k++) {
      const start = (source + k * step) * itemSize;
      for (let b = 0; b < itemSize; b++) out[(target + k) * itemSize + b] = from[start + b];
    }
    let axis = last - 1;
    while (axis >= 0 && ++index[axis] === extent[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}
