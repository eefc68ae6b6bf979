/** Arrays saved by numpy.save. */

import { InputError, nearestName, UnsupportedError } from "../../errors.ts";
import type { NamedTensor, Tensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import type { FileReader, ReadOptions } from "../file-contents.ts";
import { alignedTo, tensorOfNativeBytes } from "../tensor-bytes.ts";
import { rowMajorFromFortran } from "./fortran-order.ts";
import { readNpyHeader } from "./npy-header.ts";

/**
 * Reads a .npy array, row-major whatever the file's order of bytes and axes.
 *
 * Little-endian values in C order stay where they were read (no second copy); where the source is bytes in memory
 * the tensor may share them. float16 is widened.
 *
 * @returns shape as in numpy: [] for a single number, sizes of 0 kept
 * @throws what `readNpyHeader` throws; UnsupportedError `too-large` where no typed array can hold the values
 */
export async function readNpy(source: ByteSource, options?: SliceOptions): Promise<Tensor> {
  const header = await readNpyHeader(source, options);
  const { dtype, shape, itemSize, dataStart, dataBytes } = header;
  let bytes = await source.slice(dataStart, dataStart + dataBytes, options);
  try {
    if (header.littleEndian !== hostIsLittleEndian && itemSize > 1) bytes = reversedItems(bytes, itemSize);
    if (header.fortranOrder) bytes = rowMajorFromFortran(alignedTo(bytes, itemSize), itemSize, shape);
    return tensorOfNativeBytes(dtype, shape, bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UnsupportedError({
      code: "too-large",
      message: `npy "${source.name}": expected an array that fits into memory, got ${dtype} ${JSON.stringify(shape)} (${dataBytes} bytes); split it into smaller arrays`,
      cause,
    });
  }
}

/** One file, one array, under the file's name without folder and ending. */
export const npyReader: FileReader = {
  async read(source, options) {
    const name = arrayName(source.name);
    requireOwnName(source, name, options);
    const tensors: NamedTensor[] = [{ name, tensor: await readNpy(source, options) }];
    return { kind: "tensors", format: "npy", tensors, leftOut: [] };
  },
  async inspect(source, options) {
    const { dtype, shape } = await readNpyHeader(source, options);
    return {
      kind: "tensors",
      format: "npy",
      tensors: [{ name: arrayName(source.name), dtype, shape }],
      leftOut: [],
    };
  },
};

function arrayName(path: string): string {
  return path.replace(/^.*[\\/]/, "").replace(/\.npy$/i, "");
}

function requireOwnName(source: ByteSource, name: string, options: ReadOptions | undefined): void {
  const wrong = options?.names?.find((asked) => asked !== name);
  if (wrong === undefined) return;
  const near = nearestName(wrong, [name]);
  throw new InputError({
    code: "unknown-name",
    message: `npy "${source.name}": expected the name of its only array, "${name}", got "${wrong}"; ${near === null ? "leave the name out" : `did you mean "${name}"?`}`,
  });
}
