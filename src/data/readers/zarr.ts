/** Arrays in Zarr, versions 2 and 3, in a folder or a zip archive. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { NamedTensor, Tensor } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { chooseTensors } from "../choose-tensors.ts";
import type { FileReader, ReadOptions } from "../file-contents.ts";
import { orDamaged } from "../foreign-errors.ts";
import type { SourceFolder } from "../source-folder.ts";
import { itemSizes, tensorOfNativeBytes } from "../tensor-bytes.ts";
import { copyChunk, requireChunkWithin } from "./zarr-chunks.ts";
import { type ZarrChunk, zarrChunks } from "./zarr-library.ts";
import { badZarr, parseZarrArray, type ZarrArray } from "./zarr-metadata.ts";
import { zarrFolder } from "./zarr-store.ts";

interface Found {
  readonly name: string;
  readonly path: string;
  readonly array: ZarrArray | UnsupportedError;
}
type KnownArray = Found & { readonly array: ZarrArray };

/**
 * Reads the arrays named, or all, under the names of their groups: `layers/dense/weight`.
 *
 * Metadata first, then only the chunks of the arrays asked for. Chunks may be plain or compressed by blosc, zstd, gzip, zlib
 * or lz4, in either order of axes and bytes, and in version 3 within shards; missing ones are the fill value, as Zarr has
 * it. Other codecs and filters, texts and objects are left out, or refused where asked for by name.
 *
 * @throws InputError `bad-zarr`, `unknown-name`, `outside-folder`; UnsupportedError `element-type`, `zarr-codec`,
 *   `no-folder`, `too-large`
 * @see Zarr storage specification 2 (2016) and Zarr core specification 3.0 (2023)
 */
export const zarrReader: FileReader = {
  async read(source, options) {
    const { folder, chosen, leftOut } = await contentsOf(source, options);
    const tensors: NamedTensor[] = [];
    for (const found of chosen) {
      const damage = { code: "bad-zarr", where: whereOf(source), expected: `the chunks of "${found.name}"` };
      const tensor = await orDamaged(damage, options, () => valuesOf(folder, found, options));
      tensors.push({ name: found.name, tensor });
    }
    return { kind: "tensors", format: "zarr", tensors, leftOut };
  },
  async inspect(source, options) {
    const { chosen, leftOut } = await contentsOf(source, options);
    const tensors = chosen.map(({ name, array: { dtype, shape } }) => ({ name, dtype, shape }));
    return { kind: "tensors", format: "zarr", tensors, leftOut };
  },
};

const whereOf = (source: ByteSource) => `zarr "${source.name}"`;
const deepest = 64;
const mostArrays = 100_000;
const largestMetadata = 2 ** 24;

async function contentsOf(source: ByteSource, options: ReadOptions | undefined) {
  const where = whereOf(source);
  const damage = { code: "bad-zarr", where, expected: "groups and arrays with their metadata" };
  const { folder, root } = await zarrFolder(source, options);
  const found = await orDamaged(damage, options, async () => {
    const arrays: Found[] = [];
    await walk({ where, folder, ownName: ownName(source), arrays, options }, root, "", 0);
    return arrays;
  });
  const { chosen, leftOut } = chooseTensors<Found, KnownArray>(where, found, options, ({ array, ...rest }) =>
    array instanceof UnsupportedError ? array : { ...rest, array },
  );
  return { folder, chosen, leftOut };
}

/** A store that is one array has only the name of its folder or archive. */
function ownName(source: ByteSource): string {
  const parts = source.name.split(/[\\/]/);
  const isMark = /^(?:zarr\.json|\.zarray|\.zgroup)$/.test(parts[parts.length - 1]);
  const name = parts[parts.length - (isMark ? 2 : 1)] ?? "array";
  return name.replace(/(?:\.zarr)?(?:\.zip)?$/i, "") || "array";
}

interface Walk {
  readonly where: string;
  readonly folder: SourceFolder;
  readonly ownName: string;
  readonly arrays: Found[];
  readonly options: SliceOptions | undefined;
}

async function walk(context: Walk, path: string, name: string, depth: number): Promise<void> {
  const { where, folder, arrays } = context;
  if (depth > deepest) throw badZarr(where, name, `groups at most ${deepest} deep`, "deeper ones");
  const within = (file: string) => (path === "" ? file : `${path}/${file}`);
  const three = await metadataOf(context, within("zarr.json"), name);
  const two = three ?? (await metadataOf(context, within(".zarray"), name));
  if (two !== null && (three === null || three.node_type === "array")) {
    if (arrays.length >= mostArrays) throw badZarr(where, name, `at most ${mostArrays} arrays`, "more");
    const arrayName = name || context.ownName;
    arrays.push({ name: arrayName, path, array: parsed(where, arrayName, three === null ? 2 : 3, two) });
    return;
  }
  if (three === null && (await metadataOf(context, within(".zgroup"), name)) === null) return;
  for (const member of await folder.list(path)) {
    if (!member.endsWith("/")) continue;
    const child = member.slice(0, -1);
    await walk(context, within(child), name === "" ? child : `${name}/${child}`, depth + 1);
  }
}

function parsed(where: string, name: string, version: 2 | 3, fields: Readonly<Record<string, unknown>>) {
  try {
    return parseZarrArray(where, name, version, fields);
  } catch (error) {
    if (error instanceof UnsupportedError) return error;
    throw error;
  }
}

async function metadataOf(
  { where, folder, options }: Walk,
  path: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const file = await folder.open(path);
  if (file === null) return null;
  if (file.byteLength > largestMetadata)
    throw badZarr(where, name, "metadata of a few kilobytes", `${file.byteLength}`);
  const bytes = await file.slice(0, file.byteLength, options);
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw badZarr(where, name, "a JSON object as metadata", JSON.stringify(value));
}

async function valuesOf(
  folder: SourceFolder,
  found: KnownArray,
  options: SliceOptions | undefined,
): Promise<Tensor> {
  const { version, dtype, shape, chunks } = found.array;
  const count = shape.reduce((product, size) => product * size, 1);
  const out = new Uint8Array(count * itemSizes[dtype]);
  const chunkAt = await zarrChunks(version, filesOf(folder, found, options), options);
  for (const place of placesOf(shape, chunks)) {
    const chunk: ZarrChunk = await chunkAt(place);
    copyChunk(out, itemSizes[dtype], shape, chunks, place, chunk);
  }
  return tensorOfNativeBytes(dtype, shape, out);
}

/** Every place of the grid of chunks, the last axis first. */
function* placesOf(shape: readonly number[], chunks: readonly number[]): Generator<readonly number[]> {
  if (shape.includes(0)) return;
  const place = shape.map(() => 0);
  for (;;) {
    yield place;
    let axis = shape.length - 1;
    while (axis >= 0 && (place[axis] + 1) * chunks[axis] >= shape[axis]) place[axis--] = 0;
    if (axis < 0) return;
    place[axis]++;
  }
}

function filesOf(folder: SourceFolder, { path, array }: KnownArray, options: SliceOptions | undefined) {
  const metadataName = array.version === 2 ? ".zarray" : "zarr.json";
  const fileAt = (name: string) => folder.open(path === "" ? name : `${path}/${name}`);
  return {
    async get(name: string) {
      if (name === metadataName) return new TextEncoder().encode(array.text);
      // Attributes are free text about the array, of which nothing is used.
      if (name === ".zattrs") return undefined;
      const file = await fileAt(name);
      if (file === null) return undefined;
      const bytes = await file.slice(0, file.byteLength, options);
      requireChunkWithin(array, bytes);
      return bytes;
    },
    async range(name: string, start: number | null, length: number) {
      const file = await fileAt(name);
      if (file === null) return undefined;
      const from = start ?? file.byteLength - length;
      if (from < 0 || from + length > file.byteLength) {
        throw new InputError({
          code: "truncated-file",
          message: `zarr "${file.name}": expected ${length} bytes of a chunk from byte ${from}, got a shard of ${file.byteLength} bytes; copy it again`,
        });
      }
      const bytes = await file.slice(from, from + length, options);
      if (start !== null) requireChunkWithin(array, bytes);
      return bytes;
    },
  };
}
