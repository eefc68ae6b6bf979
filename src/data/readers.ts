/** The formats that Syngeo reads: found by the first bytes, then by the ending, and loaded when first needed. */

import { InputError, UnsupportedError } from "../errors.ts";
import { type ByteSource, followedSource, type SliceOptions } from "./byte-source.ts";
import type {
  FileContents,
  FileDescription,
  FileReader,
  InspectOptions,
  ReadOptions,
} from "./file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "./first-bytes.ts";
import { listZip } from "./zip-directory.ts";

interface Format {
  readonly name: string;
  readonly endings: readonly string[];
  /** First bytes, one character a byte, that only files of this format have. */
  readonly starts: readonly string[];
  /** Of formats that are zip archives, whose first bytes are alike: the name of an entry that only this one has. */
  readonly entry?: RegExp;
  readonly hasSheets?: true;
  readonly isTable?: true;
  load(): Promise<FileReader>;
}

/** Of a zip archive with entries, and without. */
const zipStarts = ["PK\x03\x04", "PK\x05\x06"];

/** In the order in which endings are tried. */
export const formats: readonly Format[] = [
  {
    name: "npy",
    endings: [".npy"],
    starts: ["\x93NUMPY"],
    load: async () => (await import("./readers/npy.ts")).npyReader,
  },
  {
    name: "npz",
    endings: [".npz"],
    starts: zipStarts,
    entry: /\.npy$/,
    load: async () => (await import("./readers/npz.ts")).npzReader,
  },
  {
    name: "torch",
    endings: [".pt", ".pth", ".bin", ".ckpt"],
    starts: ["\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."],
    entry: /(^|\/)data\.pkl$/,
    load: async () => (await import("./readers/torch.ts")).torchReader,
  },
  {
    name: "safetensors",
    endings: [".safetensors"],
    starts: [],
    load: async () => (await import("./readers/safetensors.ts")).safetensorsReader,
  },
  {
    name: "sharded",
    endings: [".index.json"],
    starts: [],
    load: async () => (await import("./readers/sharded.ts")).shardedReader,
  },
  {
    name: "onnx",
    endings: [".onnx"],
    starts: [],
    load: async () => (await import("./readers/onnx.ts")).onnxReader,
  },
  {
    name: "parquet",
    endings: [".parquet", ".pq"],
    starts: ["PAR1"],
    isTable: true,
    load: async () => (await import("./readers/parquet.ts")).parquetReader,
  },
  {
    name: "xlsx",
    endings: [".xlsx", ".xlsm"],
    starts: [],
    entry: /^xl\/workbook\.(xml|bin)$/,
    hasSheets: true,
    isTable: true,
    load: async () => (await import("./readers/xlsx.ts")).xlsxReader,
  },
  {
    name: "mat",
    endings: [".mat"],
    starts: ["MATLAB 5.0 MAT-file"],
    load: async () => (await import("./readers/mat.ts")).matReader,
  },
  {
    name: "hdf5",
    endings: [".h5", ".hdf5", ".nwb", ".keras"],
    starts: ["\x89HDF\r\n\x1a\n", "MATLAB 7.3 MAT-file", "MATLAB 7.0 MAT-file"],
    entry: /^model\.weights\.h5$/,
    load: async () => (await import("./readers/hdf5.ts")).hdf5Reader,
  },
  {
    name: "zarr",
    endings: ["zarr.json", ".zgroup", ".zarray", ".zarr", ".zarr.zip"],
    starts: [],
    entry: /(?:^|\/)(?:zarr\.json|\.zgroup|\.zarray)$/,
    load: async () => (await import("./readers/zarr.ts")).zarrReader,
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
    isTable: true,
    load: async () => (await import("./readers/csv.ts")).csvReader,
  },
];

const archives = formats.filter(({ entry }) => entry !== undefined);

/**
 * Reads the tensors or the table of a file, whatever its format.
 *
 * @throws UnsupportedError `unknown-format`; what the format's reader throws, InputError `wrong-magic` among it where
 *   the ending promises another format than the bytes
 */
export async function readFile(source: ByteSource, options?: ReadOptions): Promise<FileContents> {
  const reader = await (await formatOf(source, options)).load();
  const { name, byteLength: total } = source;
  const onRead = options?.onRead;
  const followed = onRead ? followedSource(source, (done) => onRead({ source: name, done, total })) : source;
  return reader.read(followed, options);
}

/** What is in a file: names, types and shapes of tensors, or columns with their range. Throws as `readFile` does. */
export async function inspectFile(source: ByteSource, options?: InspectOptions): Promise<FileDescription> {
  const reader = await (await formatOf(source, options)).load();
  return reader.inspect(source, options);
}

/** The format of a file, by what is in it or else its ending. @throws UnsupportedError `unknown-format`; InputError `no-sheets` */
export async function formatOf(source: ByteSource, options: InspectOptions | undefined): Promise<Format> {
  const format = await findFormat(source, options);
  if (options?.sheet === undefined || format.hasSheets) return format;
  throw new InputError({
    code: "no-sheets",
    message: `file "${source.name}": expected an Excel workbook to choose sheet "${options.sheet}" of, got ${format.name}; leave the sheet out`,
  });
}

async function findFormat(source: ByteSource, options: SliceOptions | undefined): Promise<Format> {
  const firstBytes = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  const name = source.name.toLowerCase();
  const byName = (among: readonly Format[]) =>
    among.find((format) => format.endings.some((ending) => name.endsWith(ending)));
  const startsAs = (starts: readonly string[]) => starts.some((start) => startsWith(firstBytes, start));
  const isArchive = startsAs(zipStarts);
  const found =
    (isArchive ? ((await byEntry(source, options)) ?? byName(archives)) : undefined) ??
    formats.find(({ starts }) => startsAs(starts)) ??
    byName(formats);
  if (found !== undefined) return found;
  const known = formats.map((format) => `${format.name} (${format.endings.join(", ")})`);
  throw new UnsupportedError({
    code: "unknown-format",
    message: `file "${source.name}": expected ${known.join(", ")}, got ${describeFirstBytes(firstBytes)}; export it in one of these, or correct the ending`,
  });
}

/** The format of a zip archive by the names inside; undefined where they do not tell. */
async function byEntry(source: ByteSource, options: SliceOptions | undefined): Promise<Format | undefined> {
  try {
    const entries = await listZip(source, options);
    return archives.find(({ entry }) => entries.some(({ name }) => entry?.test(name)));
  } catch (error) {
    // The reader that the ending leads to meets the damage again, and says so in its own words.
    if (error instanceof InputError || error instanceof UnsupportedError) return undefined;
    throw error;
  }
}
