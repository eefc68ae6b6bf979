/**
 * The only file that knows the HDF5 library, which is the C library as WebAssembly.
 *
 * It reads from a file in memory, so that files are read whole; a file that makes it stop is refused with a sentence, and
 * since nothing is certain after that, so is every further file until the program is started anew.
 */

import { type Metadata, File as OpenFile, ready } from "h5wasm";
import { InputError, UnsupportedError } from "../../errors.ts";

export type { Metadata } from "h5wasm";

export type ObjectKind = "group" | "dataset" | "type" | "broken" | "elsewhere";

/** An open file; everything throws what the library throws. */
export interface Hdf5File {
  /** Names within a group, such as `/layers`. */
  names(path: string): readonly string[];
  kindOf(path: string): ObjectKind;
  metadata(path: string): Metadata;
  /** Numbers of the filters that the values have gone through. */
  filters(path: string): readonly number[];
  /** The values, the lowest byte first whatever the file's order: the library turns them. */
  bytes(path: string): Uint8Array;
  /** A text or a number that a group or dataset has as an attribute; null where it has none of that name. */
  attribute(path: string, name: string): string | number | null;
  /** The path of what a reference points to. */
  target(reference: Uint8Array): string;
}

/** Beyond this the array of a whole file is in doubt in some browsers, and nothing of it would be left for the values. */
export const largestFile = 2 ** 31;

/** The library, its errors thrown rather than printed. */
async function loaded() {
  const library = await ready;
  library.activate_throwing_error_handler();
  return library;
}

let library: ReturnType<typeof loaded> | null = null;
let files = 0;
let isStopped = false;

/**
 * Opens the bytes of a file for as long as `read` runs.
 *
 * @throws InputError `bad-hdf5` where the file stops the library; UnsupportedError `hdf5-stopped` after that
 */
export async function withHdf5<Result>(
  where: string,
  bytes: Uint8Array,
  read: (file: Hdf5File) => Result,
): Promise<Result> {
  if (isStopped) throw stopped(where);
  library ??= loaded();
  const loadedLibrary = await library;
  const { FS } = loadedLibrary;
  const path = `/file-${files++}.h5`;
  let open: OpenFile | null = null;
  try {
    FS.writeFile(path, bytes);
    open = new OpenFile(path, "r");
    return read(fileOf(loadedLibrary, open.file_id));
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw innermost(cause);
    isStopped = true;
    throw new InputError({
      code: "bad-hdf5",
      message: `${where}: expected a file that the HDF5 library can read, got one that makes it stop (${cause.message.replaceAll(/\s+/g, " ").slice(0, 100)}); copy or save the file again`,
      cause,
    });
  } finally {
    if (!isStopped) {
      open?.close();
      FS.unlink(path);
    }
  }
}

/** The library reports every level that an error has passed; the last one says what was wrong. */
function innermost(cause: unknown): unknown {
  if (!(cause instanceof Error) || !cause.message.startsWith("HDF5-DIAG")) return cause;
  const levels = Array.from(cause.message.matchAll(/\(\): (.+)$/gm), (match) => match[1]);
  return new Error(levels[levels.length - 1] ?? cause.message, { cause });
}

function stopped(where: string): UnsupportedError {
  return new UnsupportedError({
    code: "hdf5-stopped",
    message: `${where}: expected the HDF5 library to be at work, got it stopped by an earlier damaged file; start the program anew`,
  });
}

type Library = Awaited<typeof ready>;

function fileOf(library: Library, id: bigint): Hdf5File {
  const kinds: ReadonlyMap<number, ObjectKind> = new Map([
    [library.H5G_GROUP, "group"],
    [library.H5G_DATASET, "dataset"],
    [library.H5G_TYPE, "type"],
    [library.H5G_LINK, "broken"],
    [library.H5G_UDLINK, "elsewhere"],
  ]);
  return {
    names: (path) => library.get_names(id, path, false),
    kindOf(path) {
      const kind = kinds.get(library.get_type(id, path));
      if (kind === undefined) throw new Error(`"${path}" cannot be opened`);
      return kind;
    },
    metadata: (path) => library.get_dataset_metadata(id, path),
    filters: (path) => library.get_dataset_filters(id, path).map((filter) => filter.id),
    bytes: (path) => bytesOf(library, id, path),
    attribute: (path, name) => attributeOf(library, id, path, name),
    target: (reference) => library.get_referenced_name(id, reference, true),
  };
}

function bytesOf(library: Library, id: bigint, path: string): Uint8Array {
  const { size, total_size: count } = library.get_dataset_metadata(id, path);
  const length = size * count;
  if (length === 0) return new Uint8Array(0);
  const place = library._malloc(length);
  if (place === 0) throw new RangeError(`Array buffer allocation failed for ${length} bytes`);
  try {
    const status = library.get_dataset_data(id, path, null, null, null, BigInt(place));
    if (status < 0) throw new Error(`the library's status ${status}`);
    return library.HEAPU8.slice(place, place + length);
  } finally {
    library._free(place);
  }
}

function attributeOf(library: Library, id: bigint, path: string, name: string): string | number | null {
  if (!library.get_attribute_names(id, path).includes(name)) return null;
  const { size, type, vlen, total_size: count } = library.get_attribute_metadata(id, path, name);
  const { H5T_STRING: text, H5T_INTEGER: integer } = library.H5T_class_t;
  const length = size * count;
  if (vlen || length === 0 || length > 4096 || (type !== text.value && type !== integer.value)) return null;
  const place = library._malloc(length);
  try {
    library.get_attribute_data(id, path, name, BigInt(place));
    const bytes = library.HEAPU8.slice(place, place + length);
    if (type === integer.value) return bytes[0];
    return new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
  } finally {
    library._free(place);
  }
}
