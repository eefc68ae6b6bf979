/** The weights of an ONNX model: its initializers, in the file or in others beside it. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType, NamedTensor, Tensor } from "../../tensor.ts";
import { hostIsLittleEndian, reversedItems } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { chooseTensors } from "../choose-tensors.ts";
import type { FileReader, LeftOut, ReadOptions } from "../file-contents.ts";
import { orDamaged } from "../foreign-errors.ts";
import type { StoredInitializer, StoredInitializers } from "../onnx/model.ts";
import { decodeInitializers } from "../onnx/wire.ts";
import { itemSizes, tensorOfNativeBytes } from "../tensor-bytes.ts";

type KnownInitializer = StoredInitializer & { readonly dtype: DataType };

const isKnown = (stored: StoredInitializer): stored is KnownInitializer => stored.dtype !== null;
const whereOf = (source: ByteSource) => `onnx "${source.name}"`;

/**
 * Reads the initializers named, or all, with values as raw bytes, as lists of numbers, or in files beside the model.
 *
 * The model's own file is read whole: protocol buffers have no table of contents. Of other files only the ranges asked
 * for are read, and only from the model's folder. Constants within nodes, subgraphs and sparse initializers are left out.
 *
 * @throws InputError `bad-onnx`, `unknown-name`, `duplicate-name`, `outside-folder`, `file-not-found`, `truncated-file`;
 *   UnsupportedError `element-type`, `no-folder`
 * @see ONNX IR specification, "Serializing with external data"
 */
export const onnxReader: FileReader = {
  async read(source, options) {
    const { chosen, leftOut, metadata } = await contentsOf(source, options);
    const tensors: NamedTensor[] = [];
    for (const stored of chosen) {
      tensors.push({ name: stored.name, tensor: await valuesOf(source, stored, options) });
    }
    return { kind: "tensors", format: "onnx", tensors, leftOut, ...metadata };
  },
  async inspect(source, options) {
    const { chosen, leftOut, metadata } = await contentsOf(source, options);
    const tensors = chosen.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return { kind: "tensors", format: "onnx", tensors, leftOut, ...metadata };
  },
};

async function contentsOf(source: ByteSource, options: ReadOptions | undefined) {
  const bytes = await source.slice(0, source.byteLength, options);
  const model = decodeInitializers(bytes, source.name);
  const { chosen, leftOut } = chooseTensors(whereOf(source), model.initializers, options, (stored) =>
    isKnown(stored) ? stored : unknownType(source, stored),
  );
  const others = options?.names === undefined ? otherParts(model) : [];
  const metadata = model.producer === "" ? {} : { metadata: { producer: model.producer } };
  return { chosen, leftOut: [...leftOut, ...others], metadata };
}

function otherParts({ sparse, nodesWithTensors }: StoredInitializers): readonly LeftOut[] {
  const parts = sparse.map((name) => ({ name, reason: "a sparse initializer" }));
  if (nodesWithTensors === 0) return parts;
  const reason = `${nodesWithTensors} hold tensors or graphs of their own, which are no initializers`;
  return [...parts, { name: "nodes", reason }];
}

function unknownType(source: ByteSource, { name, storedType }: StoredInitializer): UnsupportedError {
  return new UnsupportedError({
    code: "element-type",
    message: `${whereOf(source)}: expected numbers of 8 to 64 bits or booleans, got ${storedType} ("${name}"); export the model in float32`,
  });
}

async function valuesOf(
  source: ByteSource,
  stored: KnownInitializer,
  options: SliceOptions | undefined,
): Promise<Tensor> {
  const damage = { code: "bad-onnx", where: whereOf(source), expected: `the values of "${stored.name}"` };
  return orDamaged(damage, options, () =>
    stored.external === null ? stored.values() : externalValues(source, stored, stored.external, options),
  );
}

async function externalValues(
  source: ByteSource,
  { name, dtype, shape }: KnownInitializer,
  { location, offset, length }: NonNullable<StoredInitializer["external"]>,
  options: SliceOptions | undefined,
): Promise<Tensor> {
  const bytes = shape.reduce((product, size) => product * size, itemSizes[dtype]);
  const described = `${bytes} bytes of "${name}" (${dtype} ${JSON.stringify(shape)})`;
  if (length !== null && length !== bytes) {
    throw new InputError({
      code: "bad-onnx",
      message: `${whereOf(source)}: expected ${described}, got a length of ${length} in "${location}"; export the model again`,
    });
  }
  const file = await fileBeside(source, location);
  if (offset + bytes > file.byteLength) {
    throw new InputError({
      code: "truncated-file",
      message: `${whereOf(source)}: expected ${described} from byte ${offset} of "${location}", got a file of ${file.byteLength} bytes; copy that file again`,
    });
  }
  const values = await file.slice(offset, offset + bytes, options);
  return tensorOfNativeBytes(
    dtype,
    shape,
    hostIsLittleEndian ? values : reversedItems(values, itemSizes[dtype]),
  );
}

async function fileBeside(source: ByteSource, location: string): Promise<ByteSource> {
  // Some exporters write "./weights.bin".
  const path = location.replace(/^(?:\.\/)+/, "");
  if (source.folder === undefined) {
    throw new UnsupportedError({
      code: "no-folder",
      message: `${whereOf(source)}: expected a model in one file, got values in "${location}"; give the file by its path, or save the model without external data`,
    });
  }
  const file = await source.folder.open(path);
  if (file !== null) return file;
  throw new InputError({
    code: "file-not-found",
    message: `${whereOf(source)}: expected the file "${location}" beside the model, got none; copy it there`,
  });
}
