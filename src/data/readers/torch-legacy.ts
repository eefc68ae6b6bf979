/**
 * The format of torch.save before version 1.6, which pickles of tensors still hold inside: pickles of a magic number, a
 * version, facts of the machine, the object and the keys of its storages, then for each key a count and the values.
 */

import { InputError, UnsupportedError } from "../../errors.ts";
import { type ByteSource, type SliceOptions, windowSource } from "../byte-source.ts";
import type { Call, KnownNames } from "../pickle/known-names.ts";
import { readPickle } from "../pickle/machine.ts";
import { byteNames } from "../pickle/numpy-names.ts";
import { torchNames } from "../pickle/torch-names.ts";
import {
  type Bytes,
  badPickle,
  type ElementType,
  itemsOf,
  type PickleValue,
  quote,
  type Storage,
  showValue,
} from "../pickle/values.ts";
import { type StorageReference, storageOf, storageReference } from "./torch-storage.ts";

/** First bytes: protocol 2, then the magic number as a long integer of ten bytes. */
export const legacyMagic = "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
const magicNumber = 0x1950a86a20f9469cfc6cn;
const formatVersion = 1001;

interface KnownStorage {
  readonly element: ElementType;
  readonly count: number;
  readonly storage: Storage;
}

/**
 * The object of such a file; of the storages only their lengths are read.
 *
 * @throws InputError `wrong-magic`, `truncated-file`, `trailing-bytes`, `bad-pickle`; UnsupportedError `torch-version`
 *   and what `readPickle` throws
 */
export async function unpickleLegacy(
  where: string,
  source: ByteSource,
  names: KnownNames,
  options: SliceOptions | undefined,
): Promise<PickleValue> {
  const places = new Map<string, ByteSource>();
  const storages = new Map<string, KnownStorage>();
  const outside = (id: PickleValue) => storageFor(where, storageReference(where, id), storages, places);
  const plain = { where, names: new Map() };
  const magic = await readPickle(source, 0, plain, options);
  if (magic.value !== magicNumber) {
    throw new InputError({
      code: "wrong-magic",
      message: `${where}: expected a checkpoint of torch.save, got a pickle of ${showValue(magic.value, 1)}; check that the file is what its name says`,
    });
  }
  const version = await readPickle(source, magic.end, plain, options);
  if (version.value !== formatVersion) {
    throw new UnsupportedError({
      code: "torch-version",
      message: `${where}: expected version ${formatVersion} of the format, got ${showValue(version.value, 1)}; save it again with a newer PyTorch`,
    });
  }
  const machine = await readPickle(source, version.end, plain, options);
  const object = await readPickle(source, machine.end, { where, names, outside }, options);
  const keys = await readPickle(source, object.end, plain, options);
  await findStorages(where, source, { keys: keys.value, start: keys.end, storages, places }, options);
  return object.value;
}

function storageFor(
  where: string,
  { element, key, count, view }: StorageReference,
  storages: Map<string, KnownStorage>,
  places: ReadonlyMap<string, ByteSource>,
): Storage {
  const before = storages.get(key);
  if (before !== undefined && before.count * before.element.itemSize !== count * element.itemSize) {
    throw badPickle(
      where,
      `storage ${quote(String(key))} with ${before.count} values as before`,
      `${count} of ${element.name}`,
    );
  }
  const storage =
    before?.storage ??
    storageOf(async () => ({
      element,
      source: placed(where, places, key),
      littleEndian: true,
      isCompressed: false,
    }));
  if (before === undefined) storages.set(key, { element, count, storage });
  if (view === null) return storage;
  return storageOf(async (options) => {
    const { source } = await storage.open(options);
    const [start, end] = [view.offset, view.offset + view.count].map((values) => values * element.itemSize);
    return { element, source: windowSource(source, start, end), littleEndian: true, isCompressed: false };
  });
}

function placed(where: string, places: ReadonlyMap<string, ByteSource>, key: string): ByteSource {
  const source = places.get(key);
  if (source !== undefined) return source;
  throw badPickle(where, `storage ${quote(String(key))} among those in the file`, "none of that key");
}

interface Found {
  readonly keys: PickleValue;
  readonly start: number;
  readonly storages: ReadonlyMap<string, KnownStorage>;
  readonly places: Map<string, ByteSource>;
}

/** Every storage begins with its count in eight bytes; values are little-endian on every machine. */
async function findStorages(
  where: string,
  source: ByteSource,
  { keys, start, storages, places }: Found,
  options: SliceOptions | undefined,
): Promise<void> {
  let at = start;
  for (const key of itemsOf(keys) ?? [null]) {
    const known = storages.get(String(key));
    if (known === undefined || places.has(String(key))) {
      throw badPickle(where, "the key of every storage once", showValue(key, 1));
    }
    const bytes = known.count * known.element.itemSize;
    const end = at + 8 + bytes;
    if (end > source.byteLength) {
      throw new InputError({
        code: "truncated-file",
        message: `${where}: expected ${8 + bytes} bytes for storage ${quote(String(key))} (${known.element.name}), got ${source.byteLength - at}; the file is cut short: copy or save it again`,
      });
    }
    const head = await source.slice(at, at + 8, options);
    const count = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
    if (count !== BigInt(known.count)) {
      throw badPickle(where, `${known.count} values in storage ${quote(String(key))}`, `a count of ${count}`);
    }
    places.set(String(key), windowSource(source, at + 8, end));
    at = end;
  }
  if (at === source.byteLength) return;
  throw new InputError({
    code: "trailing-bytes",
    message: `${where}: expected the file to end after its last storage, got ${source.byteLength - at} bytes more; save it again`,
  });
}

async function nestedStorage(where: string, { source }: Bytes, options: SliceOptions | undefined) {
  const inside = `${where}, a storage within its pickle`;
  const root = await unpickleLegacy(inside, source, new Map([...torchNames, ...byteNames()]), options);
  if (typeof root === "object" && root?.kind === "storage") return root.open(options);
  throw badPickle(where, "a storage in the bytes of a pickled storage", showValue(root, 1));
}

/**
 * All that a checkpoint or a pickle with tensors needs, for one file.
 *
 * A tensor that was pickled by itself, as inside numpy.save, keeps its storage as bytes that are a whole file of the
 * format above; the same bytes give the same storage.
 */
export function checkpointNames(): KnownNames {
  const storages = new Map<Bytes, Storage>();
  const loadFromBytes: Call = ([bytes], where) => {
    if (typeof bytes !== "object" || bytes?.kind !== "bytes") {
      throw badPickle(where, "the bytes of a pickled storage", showValue(bytes ?? null, 1));
    }
    const storage = storages.get(bytes) ?? storageOf((options) => nestedStorage(where, bytes, options));
    storages.set(bytes, storage);
    return storage;
  };
  return new Map<string, Call | null>([
    ...torchNames,
    ...byteNames(),
    ["torch.storage._load_from_bytes", loadFromBytes],
  ]);
}
