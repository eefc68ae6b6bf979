/** Models whose safetensors are cut into several files, with an index that says which tensor is where. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { NamedTensor } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { chooseTensors } from "../choose-tensors.ts";
import type { FileReader, ReadOptions } from "../file-contents.ts";
import { orDamaged } from "../foreign-errors.ts";
import { isKnown, safetensorsReader, unknownType } from "./safetensors.ts";
import { readSafetensorsHeader, type SafetensorsEntry } from "./safetensors-header.ts";

interface Placed {
  readonly name: string;
  readonly file: string;
}

/**
 * Reads `model.safetensors.index.json` and the tensors named, or all, from the files beside it, of which only those that hold
 * them are opened. Tensors come in the order of `names`, or of the index.
 *
 * @throws InputError `bad-index`, `unknown-name`, `outside-folder`, `file-not-found`, and what the safetensors reader throws;
 *   UnsupportedError `no-folder`
 */
export const safetensorsIndexReader: FileReader = {
  async read(source, options) {
    const { chosen, leftOut } = await contentsOf(source, options);
    const found = new Map<string, NamedTensor>();
    for (const [file, entries] of byFile(chosen)) {
      const names = entries.map(({ name }) => name);
      const contents = await safetensorsReader.read(await shardOf(source, file), { ...options, names });
      if (contents.kind === "tensors") for (const each of contents.tensors) found.set(each.name, each);
    }
    const tensors = chosen.map(({ name }) => found.get(name)).filter((each) => each !== undefined);
    return { kind: "tensors", format: "safetensors index", tensors, leftOut };
  },
  async inspect(source, options) {
    const { chosen, leftOut } = await contentsOf(source, options);
    const tensors = chosen.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return { kind: "tensors", format: "safetensors index", tensors, leftOut };
  },
};

/** The tensors that can be read, from the headers of the files that hold those asked for. */
async function contentsOf(source: ByteSource, options: ReadOptions | undefined) {
  const { chosen: asked } = chooseTensors(
    whereOf(source),
    await readIndex(source, options),
    options,
    (entry) => entry,
  );
  const described = new Map<string, Described>();
  for (const [file, places] of byFile(asked)) {
    const shard = await shardOf(source, file);
    const { entries } = await readSafetensorsHeader(shard, options);
    for (const { name } of places) {
      const entry = entries.find((each) => each.name === name);
      if (entry === undefined) throw notThere(shard, name);
      described.set(name, { ...entry, file, shard });
    }
  }
  const inOrder = asked.map(({ name }) => described.get(name)).filter((each) => each !== undefined);
  return chooseTensors(whereOf(source), inOrder, options, (entry) =>
    isKnown(entry) ? { ...entry, dtype: entry.dtype } : unknownType(entry.shard, entry),
  );
}

type Described = SafetensorsEntry & Placed & { readonly shard: ByteSource };

function notThere(shard: ByteSource, name: string): InputError {
  return new InputError({
    code: "unknown-name",
    message: `safetensors "${shard.name}": expected the tensor "${name}" that the index places there, got none; copy all files of the model again`,
  });
}

const whereOf = (source: ByteSource) => `safetensors index "${source.name}"`;

function byFile<Entry extends Placed>(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const files = new Map<string, Entry[]>();
  for (const entry of entries) files.set(entry.file, [...(files.get(entry.file) ?? []), entry]);
  return files;
}

async function shardOf(source: ByteSource, file: string): Promise<ByteSource> {
  if (source.folder === undefined) {
    throw new UnsupportedError({
      code: "no-folder",
      message: `${whereOf(source)}: expected the files of the model beside the index, got the index alone; give it by its path`,
    });
  }
  const shard = await source.folder.open(file);
  if (shard !== null) return shard;
  throw new InputError({
    code: "file-not-found",
    message: `${whereOf(source)}: expected the file "${file}" beside the index, got none; copy all files of the model`,
  });
}

const largestIndex = 2 ** 26;

async function readIndex(source: ByteSource, options: SliceOptions | undefined): Promise<readonly Placed[]> {
  const where = whereOf(source);
  const bad = (got: string) =>
    new InputError({
      code: "bad-index",
      message: `${where}: expected a weight_map with the file of every tensor, got ${got}; copy or save the model again`,
    });
  if (source.byteLength > largestIndex) throw bad(`${source.byteLength} bytes`);
  const bytes = await source.slice(0, source.byteLength, options);
  const damage = { code: "bad-index", where, expected: "an index in JSON" };
  const value = await orDamaged(damage, options, (): unknown => JSON.parse(new TextDecoder().decode(bytes)));
  const map = Object(value).weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map))
    throw bad(JSON.stringify(value).slice(0, 60));
  const entries = Object.entries(map).map(([name, file]) => {
    if (typeof file !== "string") throw bad(`${JSON.stringify(file)} for "${name}"`);
    return { name, file };
  });
  if (entries.length > 0) return entries;
  throw bad("an empty one");
}
