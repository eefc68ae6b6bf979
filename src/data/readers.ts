/** The formats that Syngeo reads: found by the first bytes, then by the ending, and loaded when first needed. */

import { UnsupportedError } from "../errors.ts";
import type { ByteSource, SliceOptions } from "./byte-source.ts";
import type { FileContents, FileDescription, FileReader, ReadOptions } from "./file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "./first-bytes.ts";

interface Format {
  readonly name: string;
  readonly endings: readonly string[];
  /** First bytes, one character a byte, that only files of this format have. */
  readonly starts: readonly string[];
  load(): Promise<FileReader>;
}

const formats: readonly Format[] = [
  {
    name: "npy",
    endings: [".npy"],
    starts: ["\x93NUMPY"],
    load: async () => (await import("./readers/npy.ts")).npyReader,
  },
  {
    name: "npz",
    endings: [".npz"],
    starts: ["PK\x03\x04", "PK\x05\x06"],
    load: async () => (await import("./readers/npz.ts")).npzReader,
  },
  {
    name: "safetensors",
    endings: [".safetensors"],
    starts: [],
    load: async () => (await import("./readers/safetensors.ts")).safetensorsReader,
  },
  {
    name: "idx",
    endings: [".idx", "-ubyte", "-ubyte.gz", ".idx.gz"],
    starts: [],
    load: async () => (await import("./readers/idx.ts")).idxReader,
  },
  {
    name: "csv",
    endings: [".csv", ".tsv", ".tab", ".txt", ".dat"],
    starts: [],
    load: async () => (await import("./readers/csv.ts")).csvReader,
  },
];

/**
 * Reads the tensors or the table of a file, whatever its format.
 *
 * @throws UnsupportedError `unknown-format`; what the format's reader throws, InputError `wrong-magic` among it where
 *   the ending promises another format than the bytes
 */
export async function readFile(source: ByteSource, options?: ReadOptions): Promise<FileContents> {
  const reader = await (await formatOf(source, options)).load();
  return reader.read(source, options);
}

/** What is in a file: names, types and shapes of tensors, or columns with their range. Throws as `readFile` does. */
export async function inspectFile(source: ByteSource, options?: SliceOptions): Promise<FileDescription> {
  const reader = await (await formatOf(source, options)).load();
  return reader.inspect(source, options);
}

/** The format of a file, by its first bytes or else its ending. @throws UnsupportedError `unknown-format` */
export async function formatOf(source: ByteSource, options: SliceOptions | undefined): Promise<Format> {
  const firstBytes = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  const name = source.name.toLowerCase();
  const found =
    formats.find((format) => format.starts.some((start) => startsWith(firstBytes, start))) ??
    formats.find((format) => format.endings.some((ending) => name.endsWith(ending)));
  if (found !== undefined) return found;
  const known = formats.map((format) => `${format.name} (${format.endings.join(", ")})`);
  throw new UnsupportedError({
    code: "unknown-format",
    message: `file "${source.name}": expected ${known.join(", ")}, got ${describeFirstBytes(firstBytes)}; export it in one of these, or correct the ending`,
  });
}
