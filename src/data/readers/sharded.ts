/** Models cut into several files, found through the index beside them: `model.safetensors.index.json` and the like. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { NamedTensor } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import type { FileReader, LeftOut, ReadOptions, TensorDescription } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength } from "../first-bytes.ts";
import { jsonKeys } from "../json-keys.ts";
import { unknownName } from "../unknown-name.ts";
import { safetensorsReader } from "./safetensors.ts";
import { torchReader } from "./torch.ts";

interface Shard {
  readonly file: string;
  readonly reader: FileReader;
}

/** Names in the order of the index, each with the file that holds it. */
type WeightMap = ReadonlyMap<string, Shard>;

const longestIndex = 100_000_000;

/**
 * Reads the tensors named, or all, from the files that the index gives for them; files of which none is asked for stay
 * closed.
 *
 * Tensors come in the order of `names`, or of the index. What a file holds beyond the index is left out with its reason.
 *
 * @throws InputError `bad-index`, `unknown-name`, `file-not-found`, `outside-folder`, and what the
 *   readers of the files throw; UnsupportedError `no-folder` for a source without files beside it
 */
export const shardedReader: FileReader = {
  read: (source, options) =>
    collect<NamedTensor>(source, options, ({ reader }, file, names) =>
      reader.read(file, { signal: options?.signal, names }),
    ),
  inspect: (source, options) =>
    collect<TensorDescription>(source, { signal: options?.signal }, ({ reader }, file) =>
      reader.inspect(file, options),
    ),
};

interface Found<T> {
  readonly tensors: Map<string, T>;
  readonly leftOut: LeftOut[];
}

type Contents<T> =
  | { readonly kind: "tensors"; readonly tensors: readonly T[]; readonly leftOut: readonly LeftOut[] }
  | { readonly kind: "table" };

/** What the index says to be in its files, `read` from each of them that is needed. */
export async function collect<T extends { readonly name: string }>(
  source: ByteSource,
  options: ReadOptions | undefined,
  read: (shard: Shard, file: ByteSource, names: readonly string[] | undefined) => Promise<Contents<T>>,
) {
  const map = await readIndex(source, options);
  const found: Found<T> = { tensors: new Map(), leftOut: [] };
  const refusals: UnsupportedError[] = [];
  for (const shard of shardsOf(source, map, options?.names)) {
    const file = await shardOf(source, shard.file);
    const names = options?.names?.filter((name) => map.get(name) === shard);
    try {
      keep(await read(shard, file, names), map, shard, found);
    } catch (error) {
      // As within one file: what cannot be read is left out, unless it is asked for or nothing else is there.
      if (names !== undefined || !(error instanceof UnsupportedError)) throw error;
      refusals.push(error);
      const unread = [...map.keys()].filter((name) => map.get(name) === shard);
      found.leftOut.push(...unread.map((name) => ({ name, reason: error.message })));
    }
  }
  if (found.tensors.size === 0 && refusals.length > 0) throw refusals[0];
  const tensors = inOrder(source, options?.names ?? [...map.keys()], map, found);
  return { kind: "tensors" as const, format: "sharded", tensors, leftOut: found.leftOut };
}

/** The files that hold the tensors named, or all, each once. */
function shardsOf(
  source: ByteSource,
  map: WeightMap,
  names: readonly string[] | undefined,
): ReadonlySet<Shard> {
  if (names === undefined) return new Set(map.values());
  const shards = names.map((name) => {
    const shard = map.get(name);
    if (shard === undefined) throw unknownName(where(source), "a tensor", name, [...map.keys()]);
    return shard;
  });
  return new Set(shards);
}

const where = ({ name }: ByteSource) => `index "${name}"`;

function badIndex(source: ByteSource, expected: string, got: string, cause?: unknown): InputError {
  return new InputError({
    code: "bad-index",
    message: `${where(source)}: expected ${expected}, got ${got}; download the index and its files again`,
    cause,
  });
}

async function readIndex(source: ByteSource, options: SliceOptions | undefined): Promise<WeightMap> {
  if (source.byteLength > longestIndex) {
    throw badIndex(source, `an index of at most ${longestIndex} bytes`, `${source.byteLength}`);
  }
  const map = parseIndex(source, await source.slice(0, source.byteLength, options));
  const shards = new Map<string, Shard>();
  const names = new Map<string, Shard>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string") {
      throw badIndex(source, "names of files", `${JSON.stringify(file)} for "${name}"`);
    }
    const reader = readerOf(file);
    if (reader === null) {
      throw badIndex(source, "files that end in .safetensors, .bin, .pt or .pth", JSON.stringify(file));
    }
    const shard = shards.get(file) ?? { file, reader };
    shards.set(file, shard);
    names.set(name, shard);
  }
  if (names.size === 0) throw badIndex(source, "at least one tensor", "none");
  return names;
}

/** What the index has under `weight_map`. */
function parseIndex(source: ByteSource, bytes: Uint8Array): object {
  const start = describeFirstBytes(bytes.subarray(0, firstBytesLength));
  let index: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    index = JSON.parse(text);
  } catch (cause) {
    throw badIndex(source, "an index in JSON", start, cause);
  }
  const { repeated } = jsonKeys(text);
  if (repeated !== null) throw badIndex(source, "every name once", `${JSON.stringify(repeated)} twice`);
  const map = typeof index === "object" && index !== null && "weight_map" in index ? index.weight_map : null;
  if (typeof map !== "object" || map === null || Array.isArray(map)) {
    throw badIndex(source, 'the files of all tensors under "weight_map"', start);
  }
  return map;
}

/** The reader of a file that an index may name; null for any other. */
function readerOf(file: string): FileReader | null {
  if (file.endsWith(".safetensors")) return safetensorsReader;
  return /\.(bin|pt|pth)$/.test(file) ? torchReader : null;
}

async function shardOf(source: ByteSource, file: string): Promise<ByteSource> {
  if (source.folder === undefined) {
    throw new UnsupportedError({
      code: "no-folder",
      message: `${where(source)}: expected a file in a folder that holds "${file}" too, got a source without a folder; read the files of the model one by one`,
    });
  }
  const shard = await source.folder.open(file);
  if (shard !== null) return shard;
  throw new InputError({
    code: "file-not-found",
    message: `${where(source)}: expected "${file}" beside it, got no such file; download all files of the model into one folder`,
  });
}

/** Keeps what the index says to be in the file, and notes the rest. */
function keep<T extends { readonly name: string }>(
  contents: Contents<T>,
  map: WeightMap,
  shard: Shard,
  { tensors, leftOut }: Found<T>,
): void {
  if (contents.kind === "table") return; // which neither reader returns
  for (const tensor of contents.tensors) {
    if (map.get(tensor.name) === shard) tensors.set(tensor.name, tensor);
    else leftOut.push({ name: tensor.name, reason: `in "${shard.file}", but not there by the index` });
  }
  leftOut.push(...contents.leftOut);
}

function inOrder<T>(
  source: ByteSource,
  names: readonly string[],
  map: WeightMap,
  { tensors, leftOut }: Found<T>,
): T[] {
  return names.flatMap((name) => {
    const tensor = tensors.get(name);
    if (tensor !== undefined) return [tensor];
    if (leftOut.some((each) => each.name === name)) return [];
    throw badIndex(source, `"${name}" in "${map.get(name)?.file}"`, "a file without it");
  });
}
