/**
 * The only file that knows the HDF5 library, which is the C library as WebAssembly.
 *
 * It reads from a file in memory, so that files are read whole. A damaged file can make it stop in the midst of its work;
 * its memory is then set back to what it was before the first file.
 */

import { type Metadata, File as OpenFile, ready } from "h5wasm";
import { InputError, UnsupportedError } from "../../errors.ts";
import { largestExpansion } from "../zip.ts";

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

/** What the library would print of its errors: its reasons, and none of it for a terminal. */
let printed = "";

/** A stream of the library's own files; of its parts only this one is used. */
interface Stream {
  stream_ops: { write(stream: unknown, buffer: Int8Array, offset: number, length: number): number };
}

/**
 * The library, its standard error turned into `printed`. It can also throw its errors, but then loses a piece of its stack
 * each time and stops after some thousand.
 */
async function loaded() {
  const library = await ready;
  // The types leave out the table of streams, which Emscripten documents.
  const { streams } = library.FS as unknown as { readonly streams: readonly Stream[] };
  const [, , standardError] = streams;
  standardError.stream_ops = {
    ...standardError.stream_ops,
    write(_stream, buffer, offset, length) {
      printed += new TextDecoder().decode(buffer.slice(offset, offset + length));
      return length;
    },
  };
  return { library, untouched: library.HEAPU8.slice() };
}

let loading: ReturnType<typeof loaded> | null = null;
let files = 0;

/**
 * Opens the bytes of a file for as long as `read` runs.
 *
 * @throws InputError `bad-hdf5` where the file stops the library; else what the library throws, with its reason
 */
export async function withHdf5<Result>(
  where: string,
  bytes: Uint8Array,
  read: (file: Hdf5File) => Result,
): Promise<Result> {
  loading ??= loaded();
  const { library, untouched } = await loading;
  const path = `/file-${files++}.h5`;
  let open: OpenFile | null = null;
  printed = "";
  try {
    library.FS.writeFile(path, bytes);
    open = new OpenFile(path, "r");
    return read(fileOf(library, open.file_id, where, bytes.length));
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw innermost(cause);
    // Nothing is certain in its memory now, and nothing there outlives a file.
    library.HEAPU8.fill(0);
    library.HEAPU8.set(untouched);
    open = null;
    throw new InputError({
      code: "bad-hdf5",
      message: `${where}: expected a file that the HDF5 library can read, got one that makes it stop (${cause.message.replaceAll(/\s+/g, " ").slice(0, 100)}); copy or save the file again`,
      cause,
    });
  } finally {
    open?.close();
    library.FS.unlink(path);
  }
}

/** The library prints every level that an error has passed; the last one says what was wrong. */
function innermost(cause: unknown): unknown {
  const levels = Array.from(printed.matchAll(/\(\): (.+)$/gm), (match) => match[1]);
  return levels.length === 0 ? cause : new Error(levels[levels.length - 1], { cause });
}

type Library = Awaited<typeof ready>;

function fileOf(library: Library, id: bigint, where: string, fileBytes: number): Hdf5File {
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
    bytes(path) {
      requirePossible(where, path, library.get_dataset_metadata(id, path), fileBytes);
      return bytesOf(library, id, path);
    },
    attribute: (path, name) => attributeOf(library, id, path, name),
    target: (reference) => library.get_referenced_name(id, reference, true),
  };
}

/** Chunks that were never written take no bytes, so that a short file can claim any size. */
function requirePossible(where: string, path: string, metadata: Metadata, fileBytes: number): void {
  const most = Math.min(2 ** 31 - 1, Math.max(2 ** 24, fileBytes * largestExpansion));
  const { size, total_size: count, chunks } = metadata;
  const chunk = (chunks ?? []).reduce((product, each) => product * each, size);
  const length = Math.max(size * count, chunks === null ? 0 : chunk);
  if (length <= most) return;
  throw new UnsupportedError({
    code: "too-large",
    message: `${where}: expected at most ${most} bytes of values, got ${length} ("${path}"); save the part that is needed as an array of its own`,
  });
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
