/** Arrays in the IDX format, in which the MNIST digits are published; also compressed by gzip. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType, Tensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import type { FileReader } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength } from "../first-bytes.ts";
import { itemSizes, tensorOfNativeBytes } from "../tensor-bytes.ts";
import { requireOnlyName } from "../unknown-name.ts";
import { gunzip, isGzip } from "../zip.ts";

/** The third byte of the file. */
const dataTypes: ReadonlyMap<number, DataType> = new Map([
  [0x08, "uint8"],
  [0x09, "int8"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);

interface IdxHeader {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly dataStart: number;
  readonly dataBytes: number;
}

/**
 * Reads an IDX array: two zero bytes, a type, the number of dimensions, their sizes, then the values; all big-endian.
 *
 * A gzip file is inflated whole first, whatever its ending.
 *
 * @throws InputError `wrong-magic`, `truncated-file`, `trailing-bytes`, `bad-shape`, `bad-gzip`; UnsupportedError
 *   `too-large` where no typed array can hold the values
 * @see LeCun, Cortes & Burges 1998, "The MNIST database of handwritten digits", which describes the format
 */
export async function readIdx(source: ByteSource, options?: SliceOptions): Promise<Tensor> {
  const plain = await inflated(source, options);
  const { dtype, shape, dataStart, dataBytes } = await readIdxHeader(plain, options);
  try {
    const bytes = await plain.slice(dataStart, dataStart + dataBytes, options);
    const itemSize = itemSizes[dtype];
    const native = hostIsLittleEndian && itemSize > 1 ? reversedItems(bytes, itemSize) : bytes;
    return tensorOfNativeBytes(dtype, shape, native);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UnsupportedError({
      code: "too-large",
      message: `idx "${source.name}": expected an array that fits into memory, got ${dtype} ${JSON.stringify(shape)} (${dataBytes} bytes); split it into smaller arrays`,
      cause,
    });
  }
}

/** One file, one array, under the file's name without folder and ending. */
export const idxReader: FileReader = {
  async read(source, options) {
    const name = arrayName(source.name);
    requireOnlyName(`idx "${source.name}"`, name, options?.names);
    const tensors = [{ name, tensor: await readIdx(source, options) }];
    return { kind: "tensors", format: "idx", tensors, leftOut: [] };
  },
  async inspect(source, options) {
    const { dtype, shape } = await readIdxHeader(await inflated(source, options), options);
    const tensors = [{ name: arrayName(source.name), dtype, shape }];
    return { kind: "tensors", format: "idx", tensors, leftOut: [] };
  },
};

async function inflated(source: ByteSource, options: SliceOptions | undefined): Promise<ByteSource> {
  return (await isGzip(source, options)) ? gunzip(source, options) : source;
}

async function readIdxHeader(source: ByteSource, options: SliceOptions | undefined): Promise<IdxHeader> {
  const size = source.byteLength;
  const first = await source.slice(0, Math.min(firstBytesLength, size), options);
  if (size < 4) throw truncated(source, "the 4 bytes of type and dimensions");
  const dtype = dataTypes.get(first[2]);
  const dimensions = first[3];
  if (first[0] !== 0 || first[1] !== 0 || dtype === undefined) {
    throw new InputError({
      code: "wrong-magic",
      message: `idx "${source.name}": expected two zero bytes and a type (08, 09 or 0b to 0e), got ${describeFirstBytes(first)}; give an IDX file, or correct the ending`,
    });
  }
  const dataStart = 4 + 4 * dimensions;
  if (size < dataStart) throw truncated(source, `the sizes of ${dimensions} dimensions (${dataStart} bytes)`);
  const sizes = await source.slice(4, dataStart, options);
  const view = new DataView(sizes.buffer, sizes.byteOffset, sizes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, k) => view.getUint32(4 * k, false));
  const count = shape.includes(0) ? 0 : shape.reduce((product, each) => product * each, 1);
  const dataBytes = count * itemSizes[dtype];
  const description = `${dtype} ${JSON.stringify(shape)}`;
  if (!Number.isSafeInteger(dataBytes)) {
    throw new InputError({
      code: "bad-shape",
      message: `idx "${source.name}": expected sizes with a product below 2^50, got ${description}; the file is damaged: copy or download it again`,
    });
  }
  if (size < dataStart + dataBytes)
    throw truncated(source, `${dataStart + dataBytes} bytes (${description})`);
  if (size > dataStart + dataBytes) {
    throw new InputError({
      code: "trailing-bytes",
      message: `idx "${source.name}": expected the end of the file after ${description}, got ${size - dataStart - dataBytes} bytes more; the file is damaged: copy or download it again`,
    });
  }
  return { dtype, shape, dataStart, dataBytes };
}

function truncated(source: ByteSource, expected: string): InputError {
  return new InputError({
    code: "truncated-file",
    message: `idx "${source.name}": expected ${expected}, got ${source.byteLength} bytes; copy or download the file again`,
  });
}

function arrayName(path: string): string {
  return path.replace(/^.*[\\/]/, "").replace(/(\.idx)?(\.gz)?$/i, "");
}
