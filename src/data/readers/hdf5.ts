/** Arrays in HDF5: h5py, Keras (`.h5`, `.weights.h5`, `.keras`), NWB, and MATLAB from version 7.3. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType, NamedTensor, Tensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { ByteSource } from "../byte-source.ts";
import { chooseTensors } from "../choose-tensors.ts";
import type { FileReader, ReadOptions } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "../first-bytes.ts";
import { orDamaged } from "../foreign-errors.ts";
import { itemSizes, tensorOfNativeBytes } from "../tensor-bytes.ts";
import { listZip, openZipEntry } from "../zip.ts";
import { rowMajorFromFortran } from "./fortran-order.ts";
import { datasetsOf, type Hdf5Dataset } from "./hdf5-datasets.ts";
import { type Hdf5File, largestFile, withHdf5 } from "./hdf5-library.ts";

type KnownDataset = Hdf5Dataset & { readonly dtype: DataType };
const isKnown = (dataset: Hdf5Dataset): dataset is KnownDataset => dataset.dtype !== null;

/**
 * Reads the datasets named, or all, under the names of their groups: `layers/dense/vars/0`; in files of MATLAB
 * `structure.field` and `cell.2` as in its older files.
 *
 * The file is read whole, since the library cannot wait for ranges; of the values only those asked for are unpacked.
 * Chunks, gzip, shuffling and checksums are undone, both byte orders read, float16 widened, numpy's booleans are `bool`.
 * Text, records, references, links into other files and filters beyond HDF5's own are left out, or refused by name.
 *
 * @throws InputError `bad-hdf5`, `wrong-magic`, `unknown-name`, `duplicate-name`; UnsupportedError `element-type`,
 *   `too-large`
 * @see The HDF Group, HDF5 File Format Specification 3.0
 */
export const hdf5Reader: FileReader = {
  async read(source, options) {
    const { where, bytes, isMatlab } = await open(source, options);
    const damage = { code: "bad-hdf5", where, expected: "groups and arrays in HDF5" };
    return orDamaged(damage, options, () =>
      withHdf5(where, bytes, (file) => {
        const { chosen, leftOut } = choose(where, file, isMatlab, options);
        const tensors: NamedTensor[] = chosen.map((dataset) => {
          options?.signal?.throwIfAborted();
          return { name: dataset.name, tensor: valuesOf(file, dataset) };
        });
        return { kind: "tensors", format: "hdf5", tensors, leftOut };
      }),
    );
  },
  async inspect(source, options) {
    const { where, bytes, isMatlab } = await open(source, options);
    const damage = { code: "bad-hdf5", where, expected: "groups and arrays in HDF5" };
    return orDamaged(damage, options, () =>
      withHdf5(where, bytes, (file) => {
        const { chosen, leftOut } = choose(where, file, isMatlab, options);
        const tensors = chosen.map(({ name, dtype, shape, ...dataset }) => {
          const sizes = dataset.isEmpty ? sizesOf(file, dataset.path) : shape;
          return { name, dtype, shape: sizes };
        });
        return { kind: "tensors", format: "hdf5", tensors, leftOut };
      }),
    );
  },
};

function choose(where: string, file: Hdf5File, isMatlab: boolean, options: ReadOptions | undefined) {
  return chooseTensors<Hdf5Dataset, KnownDataset>(
    where,
    datasetsOf(where, file, isMatlab),
    options,
    (dataset) =>
      isKnown(dataset)
        ? dataset
        : (dataset.refusal ?? new UnsupportedError({ code: "element-type", message: where })),
  );
}

const signature = "\x89HDF\r\n\x1a\n";

/** The bytes of the file, or of the weights in a Keras archive. */
async function open(source: ByteSource, options: ReadOptions | undefined) {
  const first = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  if (startsWith(first, "PK")) {
    const weights = (await listZip(source, options)).find(({ name }) => name === kerasEntry);
    if (weights === undefined) throw wrongMagic(source, "an archive without model.weights.h5");
    return open(await openZipEntry(source, weights, options), options);
  }
  const isMatlab = startsWith(first, "MATLAB 7.3 MAT-file") || startsWith(first, "MATLAB 7.0 MAT-file");
  if (!isMatlab && !startsWith(first, signature.slice(0, first.length))) {
    throw wrongMagic(source, describeFirstBytes(first));
  }
  if (source.byteLength > largestFile) {
    throw new UnsupportedError({
      code: "too-large",
      message: `${whereOf(source)}: expected at most ${largestFile} bytes, since HDF5 files are read whole, got ${source.byteLength}; copy the arrays into a smaller file`,
    });
  }
  const bytes = await source.slice(0, source.byteLength, options);
  return { where: whereOf(source), bytes, isMatlab };
}

const kerasEntry = "model.weights.h5";
const whereOf = (source: ByteSource) => `hdf5 "${source.name}"`;

function wrongMagic(source: ByteSource, got: string): InputError {
  return new InputError({
    code: "wrong-magic",
    message: `${whereOf(source)}: expected an HDF5 file, got ${got}; check that the file is what its name says`,
  });
}

function valuesOf(file: Hdf5File, dataset: KnownDataset): Tensor {
  const { name, path, dtype, isMatlab, isEmpty } = dataset;
  const shape = isEmpty ? sizesOf(file, path) : dataset.shape;
  if (isEmpty && shape.includes(0)) return tensorOfNativeBytes(dtype, shape, new Uint8Array(0));
  const itemSize = itemSizes[dtype];
  const length = shape.reduce((product, size) => product * size, itemSize);
  const stored = file.bytes(path);
  if (stored.length !== length) throw new RangeError(`${stored.length} bytes for "${name}"`);
  const native = hostIsLittleEndian ? stored : reversedItems(stored, itemSize);
  return tensorOfNativeBytes(dtype, shape, isMatlab ? rowMajorFromFortran(native, itemSize, shape) : native);
}

/** The sizes of an empty MATLAB array, which are its values. */
function sizesOf(file: Hdf5File, path: string): readonly number[] {
  const bytes = file.bytes(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 3 }, (_, k) => Number(view.getBigUint64(8 * k, true)));
}
