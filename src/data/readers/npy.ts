/** Arrays saved by numpy.save. */

import { UnsupportedError } from "../../errors.ts";
import type { NamedTensor, Tensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import type { FileReader, ReadOptions, TensorDescription } from "../file-contents.ts";
import { alignedTo, tensorOfNativeBytes } from "../tensor-bytes.ts";
import { requireOnlyName } from "../unknown-name.ts";
import { rowMajorFromFortran } from "./fortran-order.ts";
import { type NpyHeader, readAnyNpyHeader, readNpyHeader } from "./npy-header.ts";
import { objectArray } from "./object-array.ts";
import { describeUnpickled, readUnpickled } from "./pickled.ts";

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
  return readValues(source, await readNpyHeader(source, options), options);
}

async function readValues(
  source: ByteSource,
  header: NpyHeader,
  options: SliceOptions | undefined,
): Promise<Tensor> {
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

/** What an array is called, and whether that name also leads the names of tensors inside an array of Python objects. */
interface ArrayName {
  readonly name: string;
  readonly isPrefix: boolean;
}

/** An array under a name; of an array of Python objects, the tensors and arrays inside. */
export async function readNpyAs(source: ByteSource, as: ArrayName, options: ReadOptions | undefined) {
  const header = await readAnyNpyHeader(source, options);
  if (header.dtype === "object") {
    return readUnpickled(await objectArray(source, header, as, options), options);
  }
  requireOnlyName(`npy "${source.name}"`, as.name, options?.names);
  const tensors: NamedTensor[] = [{ name: as.name, tensor: await readValues(source, header, options) }];
  return { tensors, leftOut: [] };
}

/** Name, type and shape of what `readNpyAs` would read. */
export async function describeNpyAs(source: ByteSource, as: ArrayName, options: SliceOptions | undefined) {
  const header = await readAnyNpyHeader(source, options);
  if (header.dtype === "object") {
    return describeUnpickled(await objectArray(source, header, as, options), options);
  }
  const tensors: TensorDescription[] = [{ name: as.name, dtype: header.dtype, shape: header.shape }];
  return { tensors, leftOut: [] };
}

/** One file, one array, under the file's name without folder and ending; an array of Python objects gives those inside. */
export const npyReader: FileReader = {
  read: async (source, options) => ({
    kind: "tensors",
    format: "npy",
    ...(await readNpyAs(source, ownName(source), options)),
  }),
  inspect: async (source, options) => ({
    kind: "tensors",
    format: "npy",
    ...(await describeNpyAs(source, ownName(source), options)),
  }),
};

const ownName = ({ name }: ByteSource): ArrayName => ({ name: arrayName(name), isPrefix: false });

function arrayName(path: string): string {
  return path.replace(/^.*[\\/]/, "").replace(/\.npy$/i, "");
}
