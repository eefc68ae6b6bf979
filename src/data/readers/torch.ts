/** Checkpoints of PyTorch: `.pt`, `.pth`, `.bin`, in the format before version 1.6 and the zip archive since. */

import { InputError, UnsupportedError } from "../../errors.ts";
import { hostIsLittleEndian } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import type { FileReader } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "../first-bytes.ts";
import { readPickle } from "../pickle/machine.ts";
import { type PickleValue, quote, type Storage } from "../pickle/values.ts";
import { listZip, openZipEntry, type ZipEntry } from "../zip.ts";
import { describeUnpickled, locateUnpickled, readUnpickled, type Unpickled } from "./pickled.ts";
import { checkpointNames, legacyMagic, unpickleLegacy } from "./torch-legacy.ts";
import { storageOf, storageReference } from "./torch-storage.ts";

/** The entry of a zip archive that makes it a checkpoint. */
const checkpointEntry = /(^|\/)data\.pkl$/;

/**
 * Reads the tensors of a checkpoint, row-major: the pickle first, then only the storages of the tensors named, or of all.
 *
 * A tensor is named by the keys and positions that lead to it, joined by dots: `state_dict.rnn.weight_hh_l0`; one that is
 * alone in its file, by the file. Numbers and texts beside the tensors become metadata. What an optimiser remembers
 * (under a dict with `state` and `param_groups`) is left out unless it is named or alone. So are sparse, quantised and
 * complex tensors, each with its reason. No code of the pickle runs: a name beyond those that tensors, numpy arrays and
 * Python's containers need is refused. Attributes of a dict, such as the versions of modules in a state dict, are passed
 * over.
 *
 * @throws InputError `wrong-magic`, `bad-zip`, `bad-storage`, `truncated-file`, `bad-pickle`; UnsupportedError
 *   `pickle-name`, `pickle-instruction`, `torchscript`; and what `readUnpickled` throws
 */
export const torchReader: FileReader = {
  async read(source, options) {
    const file = await unpickle(source, options);
    return { kind: "tensors", format: "torch", ...(await readUnpickled(file, options)) };
  },
  async inspect(source, options) {
    const file = await unpickle(source, options);
    return { kind: "tensors", format: "torch", ...(await describeUnpickled(file, options)) };
  },
};

/** The tensors that `torchReader` reads, and where their values lie; none are read. Throws as it does. */
export async function locateTorch(source: ByteSource, options: SliceOptions | undefined) {
  return locateUnpickled(await unpickle(source, options), options);
}

async function unpickle(source: ByteSource, options: SliceOptions | undefined): Promise<Unpickled> {
  const where = `torch "${source.name}"`;
  const name = source.name.replace(/^.*[\\/]/, "").replace(/\.(pt|pth|bin|ckpt)$/i, "");
  const start = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  if (startsWith(start, "PK")) {
    const entries = await listZip(source, options);
    const value = await unpickleZip(where, source, entries, options);
    return {
      where,
      root: { name, isPrefix: false, value },
      byteLength: unpackedBytes(where, source, entries),
    };
  }
  if (startsWith(start, legacyMagic)) {
    const value = await unpickleLegacy(where, source, checkpointNames(), options);
    return { where, root: { name, isPrefix: false, value }, byteLength: source.byteLength };
  }
  const isCut =
    legacyMagic.startsWith(String.fromCharCode(...start)) || "PK".startsWith(String.fromCharCode(...start));
  throw new InputError({
    code: isCut ? "truncated-file" : "wrong-magic",
    message: `${where}: expected a checkpoint of torch.save, got ${isCut ? `${source.byteLength} bytes` : describeFirstBytes(start)}; check that the file is whole and what its name says`,
  });
}

async function unpickleZip(
  where: string,
  source: ByteSource,
  entries: readonly ZipEntry[],
  options: SliceOptions | undefined,
): Promise<PickleValue> {
  const pickles = entries.filter(({ name }) => checkpointEntry.test(name));
  if (pickles.length !== 1) {
    throw new InputError({
      code: "wrong-magic",
      message: `${where}: expected a zip archive with one data.pkl, as torch.save writes, got ${pickles.length} among ${entries.length} entries; check that the file is what its name says`,
    });
  }
  const folder = pickles[0].name.slice(0, -"data.pkl".length);
  const inFolder = entriesOf(where, entries, folder);
  if (inFolder.has("constants.pkl")) {
    throw new UnsupportedError({
      code: "torchscript",
      message: `${where}: expected a checkpoint of torch.save, got a TorchScript program (it has constants.pkl); save its state_dict() with torch.save`,
    });
  }
  const littleEndian = await byteOrder(where, source, inFolder, options);
  const pickle = await openZipEntry(source, pickles[0], options);
  const storages = new Map<string, Storage>();
  const outside = (id: PickleValue): Storage => {
    const { element, key, count } = storageReference(where, id);
    // Other kinds of view on the same bytes are checked against their length too, so each kind is kept apart.
    const kind = `${element.name} ${count} ${key}`;
    const before = storages.get(kind);
    if (before !== undefined) return before;
    const storage = storageOf(async (sliceOptions) => {
      const entry = storageEntry(where, inFolder, key, count * element.itemSize);
      return {
        element,
        source: await openZipEntry(source, entry, sliceOptions),
        littleEndian,
        isCompressed: entry.method !== 0,
      };
    });
    storages.set(kind, storage);
    return storage;
  };
  const { value, end } = await readPickle(pickle, 0, { where, names: checkpointNames(), outside }, options);
  if (end === pickle.byteLength) return value;
  throw new InputError({
    code: "trailing-bytes",
    message: `${where}: expected data.pkl to end after its pickle, got ${pickle.byteLength - end} bytes more; save it again`,
  });
}

/** Bytes of all entries, which may not overlap: the same few bytes could else unpack to any number. */
function unpackedBytes(where: string, source: ByteSource, entries: readonly ZipEntry[]): number {
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0);
  if (packed <= source.byteLength) return entries.reduce((sum, { size }) => sum + size, 0);
  throw new InputError({
    code: "bad-zip",
    message: `${where}: expected entries of at most ${source.byteLength} bytes together, got ${packed}; the archive is damaged: copy or save it again`,
  });
}

/** Entries by their name within the archive's one folder. */
function entriesOf(
  where: string,
  entries: readonly ZipEntry[],
  folder: string,
): ReadonlyMap<string, ZipEntry> {
  const inFolder = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (!entry.name.startsWith(folder)) continue;
    const name = entry.name.slice(folder.length);
    if (inFolder.has(name)) {
      throw new InputError({
        code: "duplicate-name",
        message: `${where}: expected every entry once, got "${entry.name}" twice; the archive is damaged: copy or save it again`,
      });
    }
    inFolder.set(name, entry);
  }
  return inFolder;
}

/** Checkpoints before version 2.1 do not say their order of bytes: it is that of the machine, as nearly all have it. */
async function byteOrder(
  where: string,
  source: ByteSource,
  inFolder: ReadonlyMap<string, ZipEntry>,
  options: SliceOptions | undefined,
): Promise<boolean> {
  const entry = inFolder.get("byteorder");
  if (entry === undefined) return hostIsLittleEndian;
  const contents = await openZipEntry(source, entry, options);
  const bytes = await contents.slice(0, Math.min(16, contents.byteLength), options);
  const order = String.fromCharCode(...bytes);
  if (order === "little" || order === "big") return order === "little";
  throw new InputError({
    code: "bad-storage",
    message: `${where}: expected the order of bytes "little" or "big", got ${JSON.stringify(order)}; the file is damaged: copy or save it again`,
  });
}

function storageEntry(
  where: string,
  inFolder: ReadonlyMap<string, ZipEntry>,
  key: string,
  byteLength: number,
): ZipEntry {
  const entry = inFolder.get(`data/${key}`);
  if (entry?.size === byteLength) return entry;
  const got = entry === undefined ? "none" : `${entry.size}`;
  throw new InputError({
    code: "bad-storage",
    message: `${where}: expected ${byteLength} bytes in its entry ${quote(`data/${key}`)}, got ${got}; the file is damaged or cut: copy or save it again`,
  });
}
