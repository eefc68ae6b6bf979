/** Arrays written as numpy.save and numpy.savez write them. */

import { InputError } from "../../errors.ts";
import type { NamedTensor, Tensor } from "../../tensor.ts";
import { littleEndianBytes, requireValuesOfShape } from "../tensor-bytes.ts";
import { writeZip } from "../zip.ts";

const descrs: { readonly [D in Tensor["dtype"]]: string } = {
  float64: "<f8",
  float32: "<f4",
  float16: "<f2",
  bfloat16: "<f4", // numpy has no bfloat16; every one is exact in float32
  int64: "<i8",
  uint64: "<u8",
  int32: "<i4",
  uint32: "<u4",
  int16: "<i2",
  uint16: "<u2",
  int8: "|i1",
  uint8: "|u1",
  bool: "|b1",
};

/**
 * The bytes of a .npy file, version 1.0, little-endian, C order; equal to numpy's own.
 *
 * float16 values that are not half-precision numbers are rounded to the nearest; bfloat16 is written as float32.
 *
 * @throws InputError `shape-mismatch` where the number of values is not the product of the shape
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const { dtype, shape } = tensor;
  requireValuesOfShape("encodeNpy", tensor);
  const header = encodeHeader(descrs[dtype], shape);
  const values = littleEndianBytes(dtype === "bfloat16" ? { ...tensor, dtype: "float32" } : tensor);
  const out = new Uint8Array(header.length + values.length);
  out.set(header);
  out.set(values, header.length);
  return out;
}

function encodeHeader(descr: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  // numpy leaves room for the first size to grow to 21 digits in place.
  const room = shape.length === 0 ? "" : " ".repeat(Math.max(0, 21 - String(shape[0]).length));
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }${room}`;
  // Magic, version and length take 10 bytes; values start at a multiple of 64 after a line end.
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const text = `\x93NUMPY\x01\x00${String.fromCharCode((length - 10) & 255, (length - 10) >> 8)}${dict.padEnd(length - 11)}\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * The bytes of a .npz archive, stored as numpy.savez stores them; the same bytes every time.
 *
 * @throws InputError `duplicate-name`, `shape-mismatch`; UnsupportedError `too-large` beyond 4 GiB
 */
export function encodeNpz(tensors: readonly NamedTensor[]): Uint8Array {
  const files = new Map<string, Uint8Array>();
  for (const { name, tensor } of tensors) {
    if (files.has(`${name}.npy`)) {
      throw new InputError({
        code: "duplicate-name",
        message: `encodeNpz: expected every name once, got "${name}" twice; rename one`,
      });
    }
    files.set(`${name}.npy`, encodeNpy(tensor));
  }
  return writeZip(files);
}
