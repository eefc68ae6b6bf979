/** Tensors that stay in their file and are read by range, so that memory does not grow with them. */

import { type DataType, toFloats } from "../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "./byte-order.ts";
import type { ByteSource, SliceOptions } from "./byte-source.ts";
import type { FileDescription, LeftOut } from "./file-contents.ts";
import { type NpyHeader, readNpyHeader } from "./readers/npy-header.ts";
import { readSafetensorsHeader } from "./readers/safetensors-header.ts";
import { formatOf, inspectFile } from "./readers.ts";
import { itemSizes, tensorOfNativeBytes } from "./tensor-bytes.ts";
import { listZip, openZipEntry } from "./zip.ts";

/** A tensor, or a column of a table, in its file. */
export interface TensorBlocks {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly count: number;
  /**
   * Why `read` would not do: values compressed, in Fortran order or another than row-major (and come otherwise than `readFile`
   * has them), as text, or in pages too long to hold.
   */
  readonly obstacle: string | null;
  /**
   * The values `start` ≤ i < `end`, row-major, as floating-point numbers.
   *
   * @throws what the byte source throws; InputError `inexact-integer`; of a column `not-a-number`, `bad-parquet`
   */
  read(start: number, end: number, options?: SliceOptions): Promise<Float64Array | Float32Array>;
}

/** The tensors of a file, or the columns of a table. */
export interface BlockFile {
  readonly kind: "tensors" | "table";
  readonly format: string;
  readonly tensors: readonly TensorBlocks[];
  readonly leftOut: readonly LeftOut[];
  /** As in FileContents. */
  readonly isFolder?: boolean;
}

const BLOCK_FORMATS: readonly string[] = ["npy", "npz", "safetensors"];

/**
 * Opens the tensors of a .npy, .npz, safetensors or PyTorch file or of several by their index, or the columns of a Parquet
 * table, without reading a value; null for all other formats.
 *
 * What is stored row-major and not compressed is read by range, of every type and byte order; columns of numbers in Parquet
 * by page, missing values NaN.
 *
 * @throws as `inspectFile`
 */
export async function openBlocks(source: ByteSource, options?: SliceOptions): Promise<BlockFile | null> {
  const { name } = await formatOf(source, options);
  // Loaded when it is needed, as the readers are.
  if (name === "parquet")
    return (await import("./readers/parquet-blocks.ts")).openParquetBlocks(source, options);
  if (name === "torch") return openTorch(source, options);
  if (name === "sharded") return openShards(source, options);
  // Describing a table would read it whole.
  if (!BLOCK_FORMATS.includes(name)) return null;
  const description = await inspectFile(source, options);
  if (description.kind !== "tensors") return null;
  const tensors = await openTensors(source, description, options);
  return { kind: "tensors", format: description.format, tensors, leftOut: description.leftOut };
}

async function openTorch(source: ByteSource, options: SliceOptions | undefined): Promise<BlockFile> {
  const { locateTorch } = await import("./readers/torch.ts");
  const { isRowMajor } = await import("./pickle/strided.ts");
  const { located, leftOut } = await locateTorch(source, options);
  const tensors = located.map(({ name, element: { dtype, itemSize }, array, storage, start }) => {
    const order = isRowMajor(array) ? null : "an order of its own";
    return blocksAt(storage.source, {
      name,
      dtype,
      shape: array.shape,
      start: start * itemSize,
      littleEndian: storage.littleEndian,
      obstacle: storage.isCompressed ? "compressed" : order,
    });
  });
  return { kind: "tensors", format: "torch", tensors, leftOut };
}

async function openShards(source: ByteSource, options: SliceOptions | undefined): Promise<BlockFile> {
  const { collect } = await import("./readers/sharded.ts");
  // A shard of another format holds nothing that the index can mean, which `collect` then says.
  return collect<TensorBlocks>(
    source,
    options,
    async (_, file) => (await openBlocks(file, options)) ?? { kind: "table" },
  );
}

type Tensors = Extract<FileDescription, { kind: "tensors" }>;

async function openTensors(
  source: ByteSource,
  { format, tensors }: Tensors,
  options: SliceOptions | undefined,
): Promise<TensorBlocks[]> {
  if (format === "npy") return [ofNpy(tensors[0].name, source, await readNpyHeader(source, options), null)];
  if (format === "npz") {
    const entries = new Map((await listZip(source, options)).map((entry) => [entry.name, entry]));
    return Promise.all(
      tensors.map(async ({ name }) => {
        const entry = entries.get(`${name}.npy`);
        if (entry === undefined) throw new Error(`${source.name}: no entry for "${name}"`);
        const member = await openZipEntry(source, entry, options);
        const obstacle = entry.method === 0 ? null : "compressed";
        return ofNpy(name, member, await readNpyHeader(member, options), obstacle);
      }),
    );
  }
  const { entries } = await readSafetensorsHeader(source, options);
  return entries.flatMap(({ name, dtype, shape, start }) =>
    dtype === null
      ? []
      : [blocksAt(source, { name, dtype, shape, start, littleEndian: true, obstacle: null })],
  );
}

function ofNpy(
  name: string,
  source: ByteSource,
  { dtype, shape, fortranOrder, dataStart: start, littleEndian }: NpyHeader,
  obstacle: string | null,
): TensorBlocks {
  // With one axis longer than 1 both orders are the same.
  const isTurned = fortranOrder && shape.filter((size) => size > 1).length > 1;
  const reason = obstacle ?? (isTurned ? "Fortran order" : null);
  return blocksAt(source, { name, dtype, shape, start, littleEndian, obstacle: reason });
}

interface Extent {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** First byte of the values. */
  readonly start: number;
  readonly littleEndian: boolean;
  readonly obstacle: string | null;
}

function blocksAt(source: ByteSource, { start: origin, littleEndian, ...extent }: Extent): TensorBlocks {
  const itemSize = itemSizes[extent.dtype];
  return {
    ...extent,
    count: extent.shape.reduce((product, size) => product * size, 1),
    async read(start, end, options) {
      const bytes = await source.slice(origin + start * itemSize, origin + end * itemSize, options);
      const native = littleEndian === hostIsLittleEndian ? bytes : reversedItems(bytes, itemSize);
      return toFloats(tensorOfNativeBytes(extent.dtype, [end - start], native));
    },
  };
}
