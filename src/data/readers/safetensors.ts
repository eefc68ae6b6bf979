/** Tensors in the safetensors format, as Hugging Face and PyTorch models are shared. */

import { UnsupportedError } from "../../errors.ts";
import type { DataType, NamedTensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { chooseTensors } from "../choose-tensors.ts";
import type { FileReader, ReadOptions } from "../file-contents.ts";
import { itemSizes, tensorOfNativeBytes } from "../tensor-bytes.ts";
import {
  readSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./safetensors-header.ts";

type KnownEntry = SafetensorsEntry & { readonly dtype: DataType };

const isKnown = (entry: SafetensorsEntry): entry is KnownEntry => entry.dtype !== null;

/**
 * Reads a safetensors file: the header, then only the bytes of the tensors named, or of all.
 *
 * F16 and BF16 are widened to float32 values, under the types `float16` and `bfloat16`. A type that Syngeo does not hold
 * (such as F8_E4M3) is refused where it is asked for by name or nothing else is there, and left out otherwise. Tensors
 * come in the order of `names`, or of the header. A model cut into several files is read by its index.
 *
 * @throws InputError `unknown-name` and what `readSafetensorsHeader` throws; UnsupportedError `element-type`, `too-large`
 * @see https://huggingface.co/docs/safetensors, the description of the format
 */
export const safetensorsReader: FileReader = {
  async read(source, options) {
    const header = await readSafetensorsHeader(source, options);
    const { chosen: entries, leftOut } = chooseEntries(source, header, options);
    const tensors: NamedTensor[] = [];
    for (const entry of entries) tensors.push(await readTensor(source, entry, options));
    return { kind: "tensors", format: "safetensors", tensors, leftOut, ...metadataOf(header) };
  },
  async inspect(source, options) {
    const header = await readSafetensorsHeader(source, options);
    const { chosen: entries, leftOut } = chooseEntries(source, header, {});
    const tensors = entries.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return { kind: "tensors", format: "safetensors", tensors, leftOut, ...metadataOf(header) };
  },
};

function metadataOf({ metadata }: SafetensorsHeader): { metadata?: Readonly<Record<string, string>> } {
  return metadata === null ? {} : { metadata };
}

function chooseEntries(source: ByteSource, { entries }: SafetensorsHeader, options: ReadOptions | undefined) {
  return chooseTensors(`safetensors "${source.name}"`, entries, options, (entry) =>
    isKnown(entry) ? entry : unknownType(source, entry),
  );
}

async function readTensor(
  source: ByteSource,
  { name, dtype, shape, start, end }: KnownEntry,
  options: SliceOptions | undefined,
): Promise<NamedTensor> {
  try {
    const bytes = await source.slice(start, end, options);
    const native = hostIsLittleEndian ? bytes : reversedItems(bytes, itemSizes[dtype]);
    return { name, tensor: tensorOfNativeBytes(dtype, shape, native) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UnsupportedError({
      code: "too-large",
      message: `safetensors "${source.name}": expected an array that fits into memory, got ${dtype} ${JSON.stringify(shape)} ("${name}", ${end - start} bytes); split it into smaller arrays`,
      cause,
    });
  }
}

function unknownType(source: ByteSource, { name, storedType }: SafetensorsEntry): UnsupportedError {
  return new UnsupportedError({
    code: "element-type",
    message: `safetensors "${source.name}": expected F64, F32, F16, BF16, I8 to I64, U8 to U64 or BOOL, got ${JSON.stringify(storedType)} ("${name}"); save it as F32`,
  });
}
